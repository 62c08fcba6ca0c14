using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Planning;

/// <summary>A plan and what led to it.</summary>
/// <param name="Valence">The feeling behind the mode, the tastes' share included, −1…1.</param>
/// <param name="Arousal">−1…1.</param>
/// <param name="Reasons">The strongest finding behind each parameter that is not neutral, the most telling parameter first.</param>
/// <param name="Words">Words of music that are true of the plan and go with the profile, the best first.</param>
internal sealed record PlannedMusic(
    MusicalPlan Plan, double Valence, double Arousal, IReadOnlyList<Reason> Reasons, IReadOnlyList<FittingWord> Words);

/// <summary>Why a parameter is as it is.</summary>
/// <param name="Instrument">The instrument in question, for <see cref="PlanParameter.Instruments"/>.</param>
internal sealed record Reason(PlanParameter Parameter, Finding Finding, Instrument? Instrument = null);

/// <summary>The parameters of a plan that are numbers.</summary>
internal static class PlanValues
{
    /// <summary>In the plan's order.</summary>
    public static IReadOnlyList<PlanParameter> All { get; } =
    [
        PlanParameter.TempoBpm, PlanParameter.Register, PlanParameter.Consonance, PlanParameter.Articulation, PlanParameter.Dynamics,
        PlanParameter.Roughness, PlanParameter.Brightness, PlanParameter.Reverberance, PlanParameter.Density,
    ];

    public static double Of(MusicalPlan plan, PlanParameter parameter) => parameter switch
    {
        PlanParameter.TempoBpm => plan.TempoBpm,
        PlanParameter.Register => plan.Register,
        PlanParameter.Consonance => plan.Consonance,
        PlanParameter.Articulation => plan.Articulation,
        PlanParameter.Dynamics => plan.Dynamics,
        PlanParameter.Roughness => plan.Roughness,
        PlanParameter.Brightness => plan.Brightness,
        PlanParameter.Reverberance => plan.Reverberance,
        PlanParameter.Density => plan.Density,
        _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "Not a number of the plan."),
    };

    /// <summary>How far a value is from neutral, so that tempo and shares compare: 1 is 100 BPM or the whole range.</summary>
    public static double Distance(MusicalPlan plan, PlanParameter parameter)
    {
        var distance = Of(plan, parameter) - Of(MusicalPlan.Neutral, parameter);
        return parameter == PlanParameter.TempoBpm ? distance / 100 : distance;
    }
}

using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Planning;

/// <summary>
/// Turns a profile into a plan. Tastes, textures and temperature go first; where they leave a parameter free, the feeling of the
/// sentence fills it. The mode goes the other way round: no study ties it to a taste, only to how pleasant the taste is.
/// </summary>
internal sealed class MusicPlanner(IReadOnlyList<Dimension> dimensions, MusicKnowledge music)
{
    private const double MinTempoBpm = 40;
    private const double MaxTempoBpm = 200;

    /// <summary>A smaller distance from neutral (see <see cref="PlanValues.Distance"/>) needs no reason.</summary>
    private const double Telling = 0.04;

    private readonly InstrumentChooser _instruments = new(music.Instruments);
    private readonly WordChooser _words = new(music.Words);

    public PlannedMusic Plan(TasteProfile profile)
    {
        var directions = new Directions(dimensions, profile);
        var valence = Feeling(PlanParameter.Valence, directions);
        var arousal = Feeling(PlanParameter.Arousal, directions);
        var mode = Nearest(valence, arousal);
        var instruments = _instruments.Choose(directions);
        var plan = new MusicalPlan
        {
            TempoBpm = Math.Clamp(Math.Round(Value(PlanParameter.TempoBpm, directions)), MinTempoBpm, MaxTempoBpm),
            Mode = mode,
            Register = Share(PlanParameter.Register, directions),
            Consonance = Share(PlanParameter.Consonance, directions),
            Articulation = Share(PlanParameter.Articulation, directions),
            Dynamics = Share(PlanParameter.Dynamics, directions),
            Roughness = Share(PlanParameter.Roughness, directions),
            Brightness = Share(PlanParameter.Brightness, directions),
            Reverberance = Share(PlanParameter.Reverberance, directions),
            Density = Share(PlanParameter.Density, directions),
            Form = music.Forms.MinBy(form => Math.Abs(form.Arousal - arousal))!.Form,
            Instruments = instruments,
        };
        return new PlannedMusic(plan, valence, arousal, Reasons(plan, directions), _words.Fitting(plan, directions));
    }

    private double Share(PlanParameter parameter, Directions directions) =>
        Math.Round(Math.Clamp(Value(parameter, directions), 0, 1), 3);

    private double Value(PlanParameter parameter, Directions directions)
    {
        var known = music.Moving(parameter);
        var taste = ParameterMix.Of(known, directions, emotions: false);
        var emotion = ParameterMix.Of(known, directions, emotions: true);
        return PlanValues.Of(MusicalPlan.Neutral, parameter) + taste.Shift + ((1 - taste.Hold) * emotion.Shift);
    }

    /// <summary>The sentence's own mood first; the feeling that a taste brings along fills what it leaves free.</summary>
    private double Feeling(PlanParameter parameter, Directions directions)
    {
        var known = music.Moving(parameter);
        var emotion = ParameterMix.Of(known, directions, emotions: true);
        var taste = ParameterMix.Of(known, directions, emotions: false);
        return Math.Clamp(emotion.Shift + ((1 - emotion.Hold) * taste.Shift), -1, 1);
    }

    private Mode Nearest(double valence, double arousal) =>
        music.Modes.MinBy(mode => Square(mode.Valence - valence) + Square(mode.Arousal - arousal))!.Mode;

    private static double Square(double number) => number * number;

    private List<Reason> Reasons(MusicalPlan plan, Directions directions)
    {
        var reasons = new List<Reason>();
        foreach (var parameter in PlanValues.All.OrderByDescending(parameter => Math.Abs(PlanValues.Distance(plan, parameter))))
        {
            var distance = PlanValues.Distance(plan, parameter);
            if (Math.Abs(distance) >= Telling && Strongest(parameter, Math.Sign(distance), directions) is { } finding)
                reasons.Add(new Reason(parameter, finding));
        }

        if (ModeReason(plan.Mode, directions) is { } why) reasons.Add(new Reason(PlanParameter.Mode, why));
        if (FormReason(plan.Form, directions) is { } formWhy) reasons.Add(new Reason(PlanParameter.Form, formWhy));
        reasons.AddRange(_instruments.Reasons(plan.Instruments, directions));
        return reasons;
    }

    /// <summary>The finding that pulls the parameter most in the direction that it went.</summary>
    private Finding? Strongest(PlanParameter parameter, int sign, Directions directions)
    {
        Finding? strongest = null;
        var most = 0.0;
        foreach (var correspondence in music.Moving(parameter))
        {
            var pull = directions.Of(correspondence.Finding) * correspondence.Shift * sign;
            if (pull <= most) continue;
            (strongest, most) = (correspondence.Finding, pull);
        }

        return strongest;
    }

    private Finding? FormReason(MusicalForm form, Directions directions) =>
        form == MusicalPlan.Neutral.Form ? null : Strongest(PlanParameter.Arousal, Math.Sign(music.Of(form).Arousal), directions);

    private Finding? ModeReason(Mode mode, Directions directions)
    {
        var known = music.Of(mode);
        var byValence = Strongest(PlanParameter.Valence, Math.Sign(known.Valence), directions);
        var byArousal = Strongest(PlanParameter.Arousal, Math.Sign(known.Arousal), directions);
        return Math.Abs(known.Valence) >= Math.Abs(known.Arousal) ? byValence ?? byArousal : byArousal ?? byValence;
    }
}

using AudioReprompt.Reprompt.Planning;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>What a word of music speaks of.</summary>
internal enum MusicWordKind
{
    Tempo,
    Register,
    Articulation,
    Mode,
    Harmony,
    Rhythm,
    Dynamics,
    Timbre,
    Production,
    Genre,
    Instrument,
}

/// <summary>A word of music: of which plans it is true and what it goes with; see <c>data/music-words.psv</c>.</summary>
/// <param name="English">A noun phrase.</param>
/// <param name="When">All must hold.</param>
/// <param name="Directions">Strengths of 0…1.</param>
/// <param name="Source">Where the directions are from.</param>
internal sealed record MusicWord(
    string English,
    string Spanish,
    MusicWordKind Kind,
    IReadOnlyList<PlanCondition> When,
    IReadOnlyList<DimensionWeight> Directions,
    Publication Source)
{
    /// <summary>As it stands in a text.</summary>
    public string Phrase { get; } = Kind == MusicWordKind.Genre ? $"{English} style" : English;

    public bool IsTrueOf(MusicalPlan plan) => When.All(condition => condition.Holds(plan));

    /// <summary>Whether it is a closer name for this instrument.</summary>
    public bool Names(Instrument instrument) =>
        Kind == MusicWordKind.Instrument && When.Any(condition => condition is PlanCondition.Plays plays && plays.AnyOf.Contains(instrument));
}

/// <summary>Something that a plan is or is not.</summary>
internal abstract record PlanCondition
{
    public abstract bool Holds(MusicalPlan plan);

    public sealed record Below(PlanParameter Parameter, double Limit) : PlanCondition
    {
        public override bool Holds(MusicalPlan plan) => PlanValues.Of(plan, Parameter) < Limit;
    }

    public sealed record Above(PlanParameter Parameter, double Limit) : PlanCondition
    {
        public override bool Holds(MusicalPlan plan) => PlanValues.Of(plan, Parameter) > Limit;
    }

    public sealed record InMode(IReadOnlyList<Mode> AnyOf) : PlanCondition
    {
        public override bool Holds(MusicalPlan plan) => AnyOf.Contains(plan.Mode);
    }

    public sealed record Plays(IReadOnlyList<Instrument> AnyOf) : PlanCondition
    {
        public override bool Holds(MusicalPlan plan) => AnyOf.Any(plan.Instruments.Contains);
    }
}

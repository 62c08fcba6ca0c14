namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>What a direction can move: the parameters of a <see cref="MusicalPlan"/>, and the feeling behind its mode.</summary>
internal enum PlanParameter
{
    TempoBpm,
    Register,
    Consonance,
    Articulation,
    Dynamics,
    Roughness,
    Brightness,
    Reverberance,
    Density,
    Valence,
    Arousal,
    Mode,
    Form,
    Instruments,
    Words,
}

/// <summary>A publication.</summary>
/// <param name="Short">As a sentence quotes it.</param>
internal sealed record Publication(string Short, string Citation)
{
    /// <summary>A value that no study gives.</summary>
    public static Publication Ours { get; } = new("ours", "ours");
}

/// <summary>That a direction goes with something in music, in words.</summary>
internal sealed record Finding(Dimension Direction, string English, string Spanish, Publication Source)
{
    public string In(Language language) => language == Language.English ? English : Spanish;
}

/// <summary>A direction moves a parameter.</summary>
/// <param name="Shift">At full weight, against the neutral plan.</param>
internal sealed record Correspondence(PlanParameter Parameter, double Shift, Finding Finding);

internal enum InstrumentRole
{
    Melody,
    Support,
    Rhythm,
}

/// <summary>An instrument goes with a direction.</summary>
/// <param name="Strength">0…1.</param>
internal sealed record Affinity(double Strength, Finding Finding);

/// <summary>An instrument, its names, and what it goes with.</summary>
/// <param name="Prior">How much speaks for it before anything is tasted.</param>
internal sealed record InstrumentKnowledge(
    Instrument Instrument,
    InstrumentRole Role,
    double Prior,
    IReadOnlyList<string> English,
    string Spanish,
    IReadOnlyList<Affinity> Affinities)
{
    public string In(Language language) => language == Language.English ? English[0] : Spanish;
}

/// <summary>A mode and the feeling that it stands for.</summary>
internal sealed record ModeKnowledge(Mode Mode, double Valence, double Arousal, string English, string Spanish)
{
    public string In(Language language) => language == Language.English ? English : Spanish;
}

/// <summary>A form and the excitement that it stands for.</summary>
internal sealed record FormKnowledge(MusicalForm Form, double Arousal, string English, string Spanish)
{
    public string In(Language language) => language == Language.English ? English : Spanish;
}

/// <summary>Words for a feeling.</summary>
internal sealed record Mood(double Valence, double Arousal, IReadOnlyList<string> English);

/// <summary>What values of a parameter are called, up to a limit.</summary>
/// <param name="Plain">What a listener expects anyway.</param>
internal sealed record Band(double UpTo, bool Plain, IReadOnlyList<string> English, string Spanish)
{
    public string In(Language language) => language == Language.English ? English[0] : Spanish;
}

/// <summary>What a parameter is called, and its values from the lowest to the highest.</summary>
internal sealed record ParameterKnowledge(string Key, string English, string Spanish, IReadOnlyList<Band> Bands)
{
    public string In(Language language) => language == Language.English ? English : Spanish;

    public Band BandOf(double value)
    {
        foreach (var band in Bands)
        {
            if (value <= band.UpTo) return band;
        }

        return Bands[^1];
    }
}

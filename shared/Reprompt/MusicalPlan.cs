using System.Text.Json.Serialization;

namespace AudioReprompt.Reprompt;

/// <summary>The scale that a piece is written in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Mode>))]
public enum Mode
{
    [JsonStringEnumMemberName("major")] Major,
    [JsonStringEnumMemberName("minor")] Minor,
    [JsonStringEnumMemberName("dorian")] Dorian,
    [JsonStringEnumMemberName("phrygian")] Phrygian,
    [JsonStringEnumMemberName("lydian")] Lydian,
    [JsonStringEnumMemberName("mixolydian")] Mixolydian,
}

/// <summary>How the sections of a piece follow one another; each piece has an introduction and a close besides, where there is time.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MusicalForm>))]
public enum MusicalForm
{
    /// <summary>A A′ A″: one theme, returning with small changes.</summary>
    [JsonStringEnumMemberName("strophic")] Strophic,

    /// <summary>A B A′: theme, contrast, return.</summary>
    [JsonStringEnumMemberName("ternary")] Ternary,

    /// <summary>A B A C A: the theme returns between contrasts.</summary>
    [JsonStringEnumMemberName("rondo")] Rondo,
}

/// <summary>An instrument that a plan can ask for and the composer can synthesise.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Instrument>))]
public enum Instrument
{
    [JsonStringEnumMemberName("piano")] Piano,
    [JsonStringEnumMemberName("marimba")] Marimba,
    [JsonStringEnumMemberName("plucked_strings")] PluckedStrings,
    [JsonStringEnumMemberName("bowed_strings")] BowedStrings,
    [JsonStringEnumMemberName("flute")] Flute,
    [JsonStringEnumMemberName("brass")] Brass,
    [JsonStringEnumMemberName("pad")] Pad,
    [JsonStringEnumMemberName("bass")] Bass,
    [JsonStringEnumMemberName("hand_drums")] HandDrums,
    [JsonStringEnumMemberName("shaker")] Shaker,
}

/// <summary>
/// What the music should be like, in the terms of the taste–music literature. All shares lie in 0…1 and are
/// relative: 0.5 is what a listener expects of a neutral piece, not an absolute measure.
/// </summary>
public sealed record MusicalPlan
{
    /// <summary>Beats per minute, 40…200.</summary>
    public double TempoBpm { get; init; } = 100;

    public Mode Mode { get; init; } = Mode.Major;

    /// <summary>0 low, 1 high.</summary>
    public double Register { get; init; } = 0.5;

    /// <summary>0 dissonant, 1 consonant.</summary>
    public double Consonance { get; init; } = 0.7;

    /// <summary>0 legato, 1 staccato.</summary>
    public double Articulation { get; init; } = 0.4;

    /// <summary>0 soft, 1 loud.</summary>
    public double Dynamics { get; init; } = 0.5;

    /// <summary>0 smooth, 1 rough or distorted timbre.</summary>
    public double Roughness { get; init; } = 0.2;

    /// <summary>0 dark, 1 bright (energy in the high frequencies; "sharpness" in psychoacoustics).</summary>
    public double Brightness { get; init; } = 0.5;

    /// <summary>0 dry, 1 very reverberant.</summary>
    public double Reverberance { get; init; } = 0.3;

    /// <summary>0 sparse, 1 dense (notes per beat).</summary>
    public double Density { get; init; } = 0.5;

    public MusicalForm Form { get; init; } = MusicalForm.Ternary;

    /// <summary>From the most to the least prominent; 1…6, none twice. The first plays the melody.</summary>
    public IReadOnlyList<Instrument> Instruments { get; init; } = [Instrument.Piano, Instrument.BowedStrings, Instrument.Bass];

    /// <summary>The plan for a prompt that says nothing about taste, texture or mood.</summary>
    public static MusicalPlan Neutral { get; } = new();
}

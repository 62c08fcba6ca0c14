using AudioReprompt.Music;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests;

/// <summary>Plans as a taste would set them, and a short way to hear one.</summary>
internal static class Pieces
{
    public static MusicalPlan Sweet { get; } = new()
    {
        TempoBpm = 76,
        Mode = Mode.Major,
        Register = 0.62,
        Consonance = 0.95,
        Articulation = 0.1,
        Dynamics = 0.3,
        Roughness = 0.02,
        Brightness = 0.4,
        Reverberance = 0.5,
        Density = 0.35,
        Instruments = [Instrument.Piano, Instrument.BowedStrings, Instrument.Flute],
    };

    public static MusicalPlan Sour { get; } = new()
    {
        TempoBpm = 152,
        Mode = Mode.Lydian,
        Register = 0.85,
        Consonance = 0.2,
        Articulation = 0.6,
        Dynamics = 0.6,
        Roughness = 0.5,
        Brightness = 0.9,
        Reverberance = 0.15,
        Density = 0.7,
        Instruments = [Instrument.PluckedStrings, Instrument.BowedStrings, Instrument.Marimba],
    };

    public static MusicalPlan Bitter { get; } = new()
    {
        TempoBpm = 66,
        Mode = Mode.Minor,
        Register = 0.1,
        Consonance = 0.4,
        Articulation = 0.1,
        Dynamics = 0.5,
        Roughness = 0.65,
        Brightness = 0.25,
        Reverberance = 0.4,
        Density = 0.3,
        Instruments = [Instrument.Brass, Instrument.Pad, Instrument.Bass],
    };

    public static MusicalPlan Salty { get; } = new()
    {
        TempoBpm = 116,
        Mode = Mode.Mixolydian,
        Articulation = 0.95,
        Reverberance = 0.1,
        Density = 0.55,
        Instruments = [Instrument.Marimba, Instrument.PluckedStrings, Instrument.Bass, Instrument.Shaker],
    };

    public static MusicalPlan Spicy { get; } = new()
    {
        TempoBpm = 168,
        Mode = Mode.Phrygian,
        Register = 0.75,
        Consonance = 0.45,
        Articulation = 0.5,
        Dynamics = 0.85,
        Roughness = 0.8,
        Brightness = 0.8,
        Reverberance = 0.15,
        Density = 0.85,
        Instruments = [Instrument.PluckedStrings, Instrument.Brass, Instrument.Bass, Instrument.HandDrums, Instrument.Shaker],
    };

    public static Task<GeneratedAudio> PlayAsync(MusicalPlan plan, double durationSeconds = 10, long seed = 1) =>
        new ComposerEngine().GenerateAsync(Request(plan, durationSeconds, seed), null, CancellationToken.None);

    public static MusicRequest Request(MusicalPlan plan, double durationSeconds = 10, long seed = 1) =>
        new("a plan speaks for itself", plan, durationSeconds, seed, new SamplingOptions());
}

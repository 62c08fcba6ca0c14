namespace AudioReprompt.Audio.Mel;

/// <summary>Two ways to draw pitch as it is heard, and the filter banks that go with them.</summary>
public enum MelScale
{
    /// <summary>Slaney's Auditory Toolbox (1998), as librosa: linear to 1 kHz, then logarithmic; triangles of equal area.</summary>
    Slaney,

    /// <summary>O'Shaughnessy's formula as in the HTK book, 2595 · log10(1 + f / 700); triangles of height 1.</summary>
    Htk,
}

internal static class MelScales
{
    private const double SlaneyHzPerMel = 200.0 / 3;
    private const double SlaneyBreakHz = 1_000;
    private const double SlaneyBreakMel = 15;

    /// <summary>27 mel for a factor of 6.4.</summary>
    private static readonly double SlaneyStep = Math.Log(6.4) / 27;

    public static double ToMel(this MelScale scale, double hertz) => scale switch
    {
        MelScale.Htk => 2595 * Math.Log10(1 + (hertz / 700)),
        _ when hertz < SlaneyBreakHz => hertz / SlaneyHzPerMel,
        _ => SlaneyBreakMel + (Math.Log(hertz / SlaneyBreakHz) / SlaneyStep),
    };

    public static double ToHertz(this MelScale scale, double mel) => scale switch
    {
        MelScale.Htk => 700 * (Math.Pow(10, mel / 2595) - 1),
        _ when mel < SlaneyBreakMel => mel * SlaneyHzPerMel,
        _ => SlaneyBreakHz * Math.Exp((mel - SlaneyBreakMel) * SlaneyStep),
    };
}

namespace AudioReprompt.Audio.Mel;

/// <summary>
/// What the <c>laion_clap</c> package does to a waveform before it looks at it, and Hugging Face does not: to 16 bits, <c>x · 32767</c>
/// within ±1 and truncated towards zero, and back. It moves an embedding by a cosine of less than 0.0001 at ordinary levels.
/// </summary>
public static class LaionQuantisation
{
    private const float FullScale = 32_767;

    /// <param name="sample">Finite.</param>
    public static short ToInt16(float sample) => (short)(Math.Clamp(sample, -1, 1) * FullScale);

    /// <param name="samples">Finite; quantised in place.</param>
    public static void Apply(Span<float> samples)
    {
        foreach (ref var sample in samples) sample = ToInt16(sample) / FullScale;
    }
}

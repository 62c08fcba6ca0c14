namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// A plucked double bass: a round fundamental that holds, and a short growl of harmonics when the finger leaves the string.
/// </summary>
internal sealed class Bass(Timbre timbre) : HarmonicVoice
{
    protected override IReadOnlyList<Oscillator> Oscillators { get; } = [new(0, 1), new(1, 1.0007)];

    protected override IReadOnlyList<int> GroupEnds { get; } = [2];

    protected override double Amplitude(int harmonic, double hz) =>
        (Math.Abs(PortableMath.SinTurns(harmonic / 10.0)) + 0.1) *
        PortableMath.Pow(harmonic, -PortableMath.Lerp(1.5, 0.8, timbre.Brightness)) *
        PortableMath.Exp(-hz / PortableMath.Lerp(600, 2500, timbre.Brightness));

    protected override double LengthSeconds(in Tone tone) => Math.Min(tone.GateSeconds + ReleaseSeconds, 1.1 * RingSeconds(tone));

    protected override void Shape(in Tone tone, double seconds, Span<float> levels)
    {
        var ring = RingSeconds(tone);
        var common = Envelope.Rise(seconds, 0.006) * Envelope.Release(seconds, LengthSeconds(tone) - ReleaseSeconds, ReleaseSeconds);
        levels[0] = (float)(1.2 * common * Envelope.Decay(seconds, ring));
        levels[1] = (float)(1.2 * common * Envelope.Decay(seconds, 0.3 * ring) * (0.3 + tone.Velocity));
    }

    private double ReleaseSeconds => PortableMath.Lerp(0.15, 0.05, timbre.Articulation);

    private static double RingSeconds(in Tone tone) => Math.Clamp(5 * PortableMath.Exp2((36 - tone.Pitch) / 16.0), 1.2, 6);
}

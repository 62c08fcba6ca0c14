namespace AudioReprompt.Composing.Synthesis;

/// <summary>A soft synthesiser carpet: three detuned voices, slow attack and release, the upper harmonics drifting in and out.</summary>
internal sealed class Pad(Timbre timbre) : HarmonicVoice
{
    protected override IReadOnlyList<Oscillator> Oscillators { get; } =
        [new(0, 1), new(0, 1.0042), new(0, 0.9961), new(1, 1.0021), new(1, 0.9978)];

    protected override IReadOnlyList<int> GroupEnds { get; } = [2];

    protected override double Amplitude(int harmonic, double hz) =>
        PortableMath.Pow(harmonic, -PortableMath.Lerp(2.2, 1.1, timbre.Brightness)) * PortableMath.Exp(-hz / 6000);

    protected override double LengthSeconds(in Tone tone) => tone.GateSeconds + ReleaseSeconds;

    protected override void Shape(in Tone tone, double seconds, Span<float> levels)
    {
        var attack = Math.Min(PortableMath.Lerp(0.5, 0.05, timbre.Articulation), 0.5 * tone.GateSeconds + 0.01);
        var level = Envelope.Rise(seconds, attack) * Envelope.Release(seconds, tone.GateSeconds, ReleaseSeconds);
        levels[0] = (float)(0.55 * level);
        levels[1] = (float)(0.7 * level * (0.65 + (0.35 * PortableMath.SinTurns(seconds * 0.4))));
    }

    private double ReleaseSeconds => PortableMath.Lerp(0.7, 0.12, timbre.Articulation);
}

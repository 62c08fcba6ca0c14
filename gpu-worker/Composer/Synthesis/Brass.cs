namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// A trombone-like tone. What makes brass (Risset 1966): the louder, the more high harmonics, so they come in after the low ones at the
/// attack and go before them at the end. A formant near 1 kHz, and a scoop up to the pitch.
/// </summary>
internal sealed class Brass(Timbre timbre) : HarmonicVoice
{
    protected override IReadOnlyList<Oscillator> Oscillators { get; } = [new(0, 1), new(1, 1), new(2, 1), new(1, 1.0015)];

    protected override IReadOnlyList<int> GroupEnds { get; } = [2, 6];

    protected override double Amplitude(int harmonic, double hz)
    {
        var distance = PortableMath.Log2(hz / 900) / 1.1;
        var formant = 0.35 + PortableMath.Exp(-distance * distance);
        return formant * PortableMath.Pow(harmonic, -PortableMath.Lerp(0.9, 0.3, timbre.Brightness)) *
            PortableMath.Exp(-hz / PortableMath.Lerp(1500, 5000, timbre.Brightness));
    }

    protected override double LengthSeconds(in Tone tone) => tone.GateSeconds + ReleaseSeconds;

    protected override void Shape(in Tone tone, double seconds, Span<float> levels)
    {
        var attack = Math.Min(PortableMath.Lerp(0.1, 0.03, timbre.Articulation), 0.6 * tone.GateSeconds + 0.005);
        var level = Envelope.Rise(seconds, attack) * Envelope.Release(seconds, tone.GateSeconds, ReleaseSeconds);
        level *= 0.85 + (0.2 * Envelope.Decay(seconds, 0.5));
        var blare = level * (0.45 + (0.65 * tone.Velocity));
        levels[0] = (float)level;
        levels[1] = (float)(0.8 * blare * level);
        levels[2] = (float)(1.3 * blare * blare * blare);
    }

    protected override double Bend(in Tone tone, double seconds)
    {
        var scoop = 0.012 * (1 - Envelope.Rise(seconds, 0.07));
        var vibrato = seconds > 0.35 ? 0.0022 * Envelope.Rise(seconds - 0.35, 0.5) * PortableMath.SinTurns(seconds * 5.1) : 0;
        return 1 - scoop + vibrato;
    }

    private double ReleaseSeconds => PortableMath.Lerp(0.14, 0.05, timbre.Articulation);
}

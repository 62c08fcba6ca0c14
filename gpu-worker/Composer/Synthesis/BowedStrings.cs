namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// A small string section: the sawtooth of a bowed string (Helmholtz motion, harmonics as 1/n) through the resonances of the body, two
/// players slightly apart in tune, vibrato that sets in after the attack.
/// </summary>
internal sealed class BowedStrings(Timbre timbre) : HarmonicVoice
{
    /// <summary>Centres of the body's resonances in Hz, after the long-term spectra of violins: air mode, wood mode, bridge hill.</summary>
    private static readonly (double Hz, double Gain)[] Body = [(280, 1.2), (460, 1.0), (1000, 0.6), (2600, 1.3)];

    protected override IReadOnlyList<Oscillator> Oscillators { get; } = [new(0, 1), new(0, 1.0031), new(1, 1), new(1, 0.9972)];

    protected override IReadOnlyList<int> GroupEnds { get; } = [3];

    protected override double Amplitude(int harmonic, double hz)
    {
        double body = 1;
        foreach (var (centre, gain) in Body)
        {
            var distance = PortableMath.Log2(hz / centre) / 0.35;
            body += gain * PortableMath.Exp(-distance * distance);
        }

        return body * PortableMath.Pow(harmonic, -PortableMath.Lerp(1.5, 0.8, timbre.Brightness)) * PortableMath.Exp(-hz / 9000);
    }

    protected override double LengthSeconds(in Tone tone) => tone.GateSeconds + ReleaseSeconds;

    protected override void Shape(in Tone tone, double seconds, Span<float> levels)
    {
        var attack = Math.Min(PortableMath.Lerp(0.12, 0.02, timbre.Articulation), 0.6 * tone.GateSeconds + 0.005);
        var level = Envelope.Rise(seconds, attack) * Envelope.Release(seconds, tone.GateSeconds, ReleaseSeconds);
        var swell = 0.8 + (0.2 * Envelope.Rise(seconds, 0.8));
        levels[0] = (float)(0.72 * level * swell);
        levels[1] = (float)(0.72 * level * level * swell * (0.4 + (0.8 * tone.Velocity)));
    }

    protected override double Bend(in Tone tone, double seconds) =>
        1 + (0.0038 * Envelope.Rise(seconds - 0.15, 0.4) * (seconds > 0.15 ? PortableMath.SinTurns(seconds * 5.6) : 0));

    private double ReleaseSeconds => PortableMath.Lerp(0.28, 0.05, timbre.Articulation);
}

namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// Struck strings: low partials that ring long and decay in two stages (Weinreich 1977), high ones that die at once, all the faster the
/// higher the note; harder blows bring out the high ones. The hammer stands near an eighth of the string and so weakens the eighth
/// harmonic.
/// </summary>
internal sealed class Piano(Timbre timbre) : HarmonicVoice
{
    // The upper groups stand slightly sharp: stiff strings are inharmonic, f_n = n f √(1 + B n²), B about 4e-4 in the middle register.
    protected override IReadOnlyList<Oscillator> Oscillators { get; } = [new(0, 1), new(0, 1.0005), new(1, 1.0012), new(2, 1.006)];

    protected override IReadOnlyList<int> GroupEnds { get; } = [2, 6];

    protected override double Amplitude(int harmonic, double hz)
    {
        var strike = Math.Abs(PortableMath.SinTurns(harmonic / 16.0)) + 0.05;
        var slope = PortableMath.Pow(harmonic, -PortableMath.Lerp(1.6, 0.7, timbre.Brightness));
        return strike * slope * PortableMath.Exp(-hz / PortableMath.Lerp(1800, 7000, timbre.Brightness));
    }

    protected override double LengthSeconds(in Tone tone) => Math.Min(tone.GateSeconds + ReleaseSeconds, 1.2 * RingSeconds(tone));

    protected override void Shape(in Tone tone, double seconds, Span<float> levels)
    {
        var ring = RingSeconds(tone);
        var common = Envelope.Rise(seconds, 0.003) * Envelope.Release(seconds, LengthSeconds(tone) - ReleaseSeconds, ReleaseSeconds);
        levels[0] = (float)(common * ((0.75 * Envelope.Decay(seconds, 0.6 * ring)) + (0.25 * Envelope.Decay(seconds, 1.4 * ring))) * 0.75);
        levels[1] = (float)(common * Envelope.Decay(seconds, 0.45 * ring) * (0.5 + (0.9 * tone.Velocity)));
        levels[2] = (float)(common * Envelope.Decay(seconds, 0.18 * ring) * (0.2 + (1.5 * tone.Velocity * tone.Velocity)));
    }

    /// <summary>The felt of the hammer on the string, audible as a short thump.</summary>
    protected override void AddNoise(in Tone tone, Span<float> output)
    {
        var random = new SeededRandom(tone.NoiseSeed, 1);
        var frames = Math.Min(output.Length, AudioFormat.SampleRate / 50);
        float dull = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            dull += 0.12f * (random.NextSample() - dull);
            var share = (float)frame / frames;
            output[frame] += 0.25f * (float)tone.Velocity * dull * share * (1 - share) * (1 - share) * 4;
        }
    }

    private double ReleaseSeconds => PortableMath.Lerp(0.3, 0.04, timbre.Articulation);

    /// <summary>Decay by 60 dB: about 9 s at E2, halving every 13 semitones.</summary>
    private static double RingSeconds(in Tone tone) => Math.Clamp(9 * PortableMath.Exp2((40 - tone.Pitch) / 13.0), 0.5, 12);
}

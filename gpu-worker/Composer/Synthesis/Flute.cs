namespace AudioReprompt.Composing.Synthesis;

/// <summary>A nearly pure tone with breath: few harmonics, a puff of air at the attack, a vibrato of loudness more than of pitch.</summary>
internal sealed class Flute(Timbre timbre) : HarmonicVoice
{
    protected override IReadOnlyList<Oscillator> Oscillators { get; } = [new(0, 1), new(1, 1)];

    protected override IReadOnlyList<int> GroupEnds { get; } = [1];

    // The second and third harmonic stand out in the low register and vanish in the high one.
    protected override double Amplitude(int harmonic, double hz) => harmonic switch
    {
        1 => 1,
        2 => PortableMath.Lerp(0.2, 0.6, timbre.Brightness) * PortableMath.Exp(-hz / 3000),
        3 => PortableMath.Lerp(0.1, 0.45, timbre.Brightness) * PortableMath.Exp(-hz / 3000),
        _ => PortableMath.Pow(harmonic, -PortableMath.Lerp(2.4, 1.6, timbre.Brightness)) * PortableMath.Exp(-hz / 4000),
    };

    protected override double LengthSeconds(in Tone tone) => tone.GateSeconds + ReleaseSeconds;

    protected override void Shape(in Tone tone, double seconds, Span<float> levels)
    {
        var level = Level(tone, seconds) * (1 + (0.14 * Vibrato(seconds)));
        levels[0] = (float)level;
        levels[1] = (float)(level * level * (0.5 + (0.8 * tone.Velocity)));
    }

    protected override double Bend(in Tone tone, double seconds) =>
        1 + (0.002 * Vibrato(seconds)) - (0.006 * (1 - Envelope.Rise(seconds, 0.06)));

    protected override void AddNoise(in Tone tone, Span<float> output)
    {
        var random = new SeededRandom(tone.NoiseSeed, 1);
        var amount = (float)PortableMath.Lerp(0.03, 0.09, timbre.Brightness);
        const int LevelFrames = 64;
        float low = 0, lower = 0;
        for (var start = 0; start < output.Length; start += LevelFrames)
        {
            var seconds = (double)start / AudioFormat.SampleRate;
            var block = output.Slice(start, Math.Min(LevelFrames, output.Length - start));
            var breath = amount * (float)(Level(tone, seconds) * (1 + (2.5 * Envelope.Decay(seconds, 0.15))));
            for (var frame = 0; frame < block.Length; frame++)
            {
                low += 0.5f * (random.NextSample() - low);
                lower += 0.15f * (low - lower);
                block[frame] += breath * (low - lower);
            }
        }
    }

    private double Level(in Tone tone, double seconds)
    {
        var attack = Math.Min(PortableMath.Lerp(0.09, 0.02, timbre.Articulation), 0.6 * tone.GateSeconds + 0.005);
        return Envelope.Rise(seconds, attack) * Envelope.Release(seconds, tone.GateSeconds, ReleaseSeconds);
    }

    private static double Vibrato(double seconds) =>
        seconds <= 0.2 ? 0 : Envelope.Rise(seconds - 0.2, 0.5) * PortableMath.SinTurns(seconds * 4.9);

    private double ReleaseSeconds => PortableMath.Lerp(0.16, 0.04, timbre.Articulation);
}

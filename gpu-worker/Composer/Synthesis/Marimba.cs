namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// Wooden bars: three damped modes at 1 : 3.93 : 9.5, as marimba bars are tuned (Fletcher and Rossing, The Physics of Musical
/// Instruments, ch. 19), and the knock of the mallet.
/// </summary>
internal sealed class Marimba(Timbre timbre) : IVoice
{
    private static readonly double[] Ratios = [1, 3.93, 9.5];

    public int Render(in Tone tone, Span<float> output)
    {
        var ring = Math.Clamp(2.2 * PortableMath.Exp2((60 - tone.Pitch) / 18.0), 0.45, 3.5);
        var release = PortableMath.Lerp(0.25, 0.03, timbre.Articulation);
        var length = Math.Min(tone.GateSeconds + release, ring * 1.1);
        output = output[..Math.Min(output.Length, (int)(length * AudioFormat.SampleRate))];
        output.Clear();
        ReadOnlySpan<double> levels =
        [
            0.55,
            PortableMath.Lerp(0.08, 0.3, timbre.Brightness) * (0.4 + tone.Velocity),
            PortableMath.Lerp(0.02, 0.22, timbre.Brightness) * tone.Velocity,
        ];
        ReadOnlySpan<double> rings = [ring, ring * 0.3, ring * 0.12];
        for (var mode = 0; mode < Ratios.Length; mode++)
        {
            var hz = tone.Hz * Ratios[mode];
            if (hz < 14_500) Resonator.AddMode(output, hz, rings[mode], levels[mode]);
        }

        AddMallet(tone, output);
        Resonator.FadeEnd(output, release);
        return output.Length;
    }

    private void AddMallet(in Tone tone, Span<float> output)
    {
        var random = new SeededRandom(tone.NoiseSeed, 1);
        var frames = Math.Min(output.Length, AudioFormat.SampleRate / 125);
        var dullness = (float)PortableMath.Lerp(0.15, 0.5, timbre.Brightness);
        float dull = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            var share = (float)frame / frames;
            dull += dullness * (random.NextSample() - dull);
            output[frame] += 0.5f * (float)tone.Velocity * dull * share * (1 - share) * (1 - share) * 4;
        }
    }
}

namespace AudioReprompt.Composing.Synthesis;

/// <summary>Seeds in a gourd: noise around 6 kHz that swells and falls within a tenth of a second, in two waves.</summary>
internal sealed class Shaker(Timbre timbre) : IVoice
{
    public int Render(in Tone tone, Span<float> output)
    {
        var seconds = PortableMath.Lerp(0.13, 0.07, timbre.Articulation);
        output = output[..Math.Min(output.Length, (int)(seconds * AudioFormat.SampleRate))];
        var random = new SeededRandom(tone.NoiseSeed, 1);

        // A band-pass of two poles: y[n] = x[n] − x[n−2] + 2r cos ω · y[n−1] − r² · y[n−2].
        const double Radius = 0.8;
        var centre = PortableMath.Lerp(4500, 8000, timbre.Brightness) * PortableMath.Exp2((timbre.Register - 0.5) * 0.4);
        var first = (float)(2 * Radius * PortableMath.CosTurns(centre / AudioFormat.SampleRate));
        const float Second = (float)(Radius * Radius);
        float in1 = 0, in2 = 0, out1 = 0, out2 = 0;
        for (var frame = 0; frame < output.Length; frame++)
        {
            var share = (float)frame / output.Length;
            var noise = random.NextSample();
            var band = noise - in2 + (first * out1) - (Second * out2);
            (in2, in1) = (in1, noise);
            (out2, out1) = (out1, band);
            output[frame] = 0.22f * band * Wave(share);
        }

        return output.Length;
    }

    /// <summary>The seeds leave the near wall, and strike the far one harder.</summary>
    private static float Wave(float share)
    {
        var near = share < 0.35f ? share / 0.35f * (1 - (share / 0.35f)) * 1.6f : 0;
        var far = share > 0.25f ? (share - 0.25f) / 0.75f : 1;
        var strike = Math.Min(1, far / 0.08f) * (1 - far) * (1 - far);
        return near + (share > 0.25f ? strike : 0);
    }
}

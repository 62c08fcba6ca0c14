namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// A conga-like drum: the first modes of a membrane (1 : 1.59 : 2.14, Fletcher and Rossing, ch. 3) and the noise of the hand; each stroke
/// has its own tuning, length and share of noise.
/// </summary>
internal sealed class HandDrum(Timbre timbre) : IVoice
{
    private readonly record struct Stroke(double Hz, double RingSeconds, double Body, double Noise, double NoiseSeconds);

    public int Render(in Tone tone, Span<float> output)
    {
        var stroke = tone.Pitch switch
        {
            Percussion.LowKey => new Stroke(98, 0.45, 0.9, 0.25, 0.02),
            Percussion.OpenKey => new Stroke(190, 0.35, 0.75, 0.3, 0.025),
            _ => new Stroke(330, 0.1, 0.4, 0.9, 0.06),
        };

        // A hand drum is tuned with the piece, within a third up or down.
        var hz = stroke.Hz * PortableMath.Exp2((timbre.Register - 0.5) * 0.7);
        output = output[..Math.Min(output.Length, (int)(1.2 * stroke.RingSeconds * AudioFormat.SampleRate))];
        output.Clear();
        Resonator.AddMode(output, hz, stroke.RingSeconds, stroke.Body);
        Resonator.AddMode(output, hz * 1.59, stroke.RingSeconds * 0.5, stroke.Body * 0.35);
        Resonator.AddMode(output, hz * 2.14, stroke.RingSeconds * 0.35, stroke.Body * 0.25 * (0.5 + timbre.Brightness));
        AddHand(tone, stroke, output);
        Resonator.FadeEnd(output, 0.03);
        return output.Length;
    }

    private void AddHand(in Tone tone, Stroke stroke, Span<float> output)
    {
        var random = new SeededRandom(tone.NoiseSeed, 1);
        var openness = (float)PortableMath.Lerp(0.2, 0.75, timbre.Brightness);
        var decay = (float)Envelope.Decay(1.0 / AudioFormat.SampleRate, stroke.NoiseSeconds * 2);
        var level = (float)(stroke.Noise * (0.3 + tone.Velocity));
        float dull = 0, low = 0;
        const int Attack = 24;
        for (var frame = 0; frame < output.Length; frame++)
        {
            dull += openness * (random.NextSample() - dull);
            low += 0.05f * (dull - low);
            output[frame] += (dull - low) * level * (frame < Attack ? frame / (float)Attack : 1);
            level *= decay;
            if (level < 1e-5f) break;
        }
    }
}

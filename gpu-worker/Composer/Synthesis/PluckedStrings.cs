namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// Karplus and Strong 1983, tuned after Jaffe and Smith 1983: a burst of noise goes round a delay line, losing its high
/// frequencies at each turn; an all-pass gives the fraction of a sample that the line's length cannot.
/// </summary>
internal sealed class PluckedStrings(Timbre timbre) : IVoice
{
    /// <summary>Long enough for the lowest pitch, 27.5 Hz.</summary>
    private readonly float[] _line = new float[1200];
    private readonly float[] _burst = new float[1200];

    public int Render(in Tone tone, Span<float> output)
    {
        var release = PortableMath.Lerp(0.2, 0.03, timbre.Articulation);
        var ring = Math.Clamp(5 * PortableMath.Exp2((48 - tone.Pitch) / 17.0), 0.8, 7);
        var length = Math.Min(tone.GateSeconds + release, ring);
        output = output[..Math.Min(output.Length, (int)(length * AudioFormat.SampleRate))];

        // The loop's low-pass, (1 − s)·x[n] + s·x[n−1], delays by s samples.
        var smoothing = PortableMath.Lerp(0.5, 0.12, timbre.Brightness);
        var period = AudioFormat.SampleRate / tone.Hz;
        var line = _line.AsSpan(0, (int)(period - smoothing - 0.3));
        var fraction = period - smoothing - line.Length;
        Excite(tone, line);

        var loss = (float)Envelope.Decay(1 / tone.Hz, ring);
        var previousShare = (float)smoothing;
        var allPass = (float)((1 - fraction) / (1 + fraction));
        float previous = 0, passedIn = 0, passedOut = 0;
        for (int frame = 0, place = 0; frame < output.Length; frame++)
        {
            var sample = line[place];
            output[frame] = sample;
            var smooth = loss * (sample + (previousShare * (previous - sample)));
            previous = sample;
            passedOut = (allPass * (smooth - passedOut)) + passedIn;
            passedIn = smooth;
            line[place] = passedOut;
            if (++place == line.Length) place = 0;
        }

        Resonator.FadeEnd(output, release);
        return output.Length;
    }

    /// <summary>
    /// Noise, duller when plucked softly, with the comb that plucking at a seventh of the string leaves; no mean, for it would
    /// hum on as DC.
    /// </summary>
    private void Excite(in Tone tone, Span<float> line)
    {
        var random = new SeededRandom(tone.NoiseSeed, 1);
        var burst = _burst.AsSpan(0, line.Length);
        var openness = (float)Math.Min(1, PortableMath.Lerp(0.15, 0.7, timbre.Brightness) + (0.3 * tone.Velocity));
        float dull = 0;
        foreach (ref var sample in burst)
        {
            dull += openness * (random.NextSample() - dull);
            sample = dull;
        }

        var pluck = Math.Max(1, line.Length / 7);
        float mean = 0, square = 0;
        for (var index = 0; index < line.Length; index++)
        {
            line[index] = burst[index] - (0.8f * burst[(index + line.Length - pluck) % line.Length]);
            mean += line[index] / line.Length;
        }

        foreach (ref var sample in line)
        {
            sample -= mean;
            square += sample * sample;
        }

        var scale = 0.34f / MathF.Sqrt((square / line.Length) + 1e-9f);
        foreach (ref var sample in line) sample *= scale;
    }
}

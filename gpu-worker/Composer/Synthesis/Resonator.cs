namespace AudioReprompt.Composing.Synthesis;

/// <summary>What struck bodies are made of: damped sines.</summary>
internal static class Resonator
{
    /// <summary>
    /// Adds a·e^(−dt)·sin 2πft by the recurrence y[n] = 2r cos ω · y[n−1] − r² · y[n−2], in double precision, because at low frequencies
    /// 2 cos ω is close to 2 and floats would detune it.
    /// </summary>
    /// <param name="hz">Below the Nyquist frequency.</param>
    /// <param name="t60Seconds">Decay by 60 dB.</param>
    public static void AddMode(Span<float> output, double hz, double t60Seconds, double amplitude)
    {
        var decay = Envelope.Decay(1.0 / AudioFormat.SampleRate, t60Seconds);
        var turns = hz / AudioFormat.SampleRate;
        var first = 2 * decay * PortableMath.CosTurns(turns);
        var second = decay * decay;
        double before = -amplitude * PortableMath.SinTurns(turns) / decay, last = 0;
        output = output[..Math.Min(output.Length, (int)(1.3 * t60Seconds * AudioFormat.SampleRate))];
        for (var frame = 0; frame < output.Length; frame++)
        {
            output[frame] += (float)last;
            (before, last) = (last, (first * last) - (second * before));
        }
    }

    /// <summary>Brings the end of a note down to exactly 0.</summary>
    public static void FadeEnd(Span<float> output, double seconds)
    {
        var frames = Math.Min(output.Length, (int)(seconds * AudioFormat.SampleRate));
        var end = output[^frames..];
        for (var frame = 0; frame < frames; frame++)
        {
            var left = (float)(frames - 1 - frame) / frames;
            end[frame] *= left * left;
        }
    }
}

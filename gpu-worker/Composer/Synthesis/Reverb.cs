namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// A feedback delay network (Jot and Chaigne 1991): eight delay lines of mutually prime lengths fed back through a Householder
/// reflection, which loses no energy; each line loses just what brings it down by 60 dB in the reverberation time, and its highs sooner.
/// </summary>
internal sealed class Reverb
{
    private const int Lines = 8;

    /// <summary>Keeps the tails from sinking into subnormal numbers, which processors are slow with; −300 dB.</summary>
    private const float Floor = 1e-15f;

    /// <summary>Samples at 32 kHz: 21…58 ms, the time between walls of a room of 7…20 m.</summary>
    private static readonly int[] Lengths = [677, 809, 941, 1087, 1229, 1427, 1613, 1861];

    private readonly float[][] _lines = [.. Lengths.Select(length => new float[length])];
    private readonly int[] _places = new int[Lines];
    private readonly float[] _gains = new float[Lines];
    private readonly float[] _damped = new float[Lines];
    private readonly float _damping;
    private readonly float _wet;
    private float _sendLowLeft;
    private float _sendLowRight;

    /// <param name="reverberance">0: nothing is added … 1: a long hall (T60 of 3.5 s).</param>
    /// <param name="brightness">How far the highs carry.</param>
    public Reverb(double reverberance, double brightness)
    {
        var t60 = PortableMath.Lerp(0.35, 3.5, reverberance);
        for (var line = 0; line < Lines; line++) _gains[line] = (float)Envelope.Decay((double)Lengths[line] / AudioFormat.SampleRate, t60);
        _damping = (float)PortableMath.Lerp(0.3, 0.75, brightness);
        _wet = (float)(0.55 * PortableMath.Pow(Math.Max(reverberance, 1e-6), 0.8));
    }

    /// <summary>Adds the room to a stretch of interleaved stereo; the next stretch goes on where this one ended.</summary>
    public void Process(Span<float> stereo)
    {
        Span<float> outs = stackalloc float[Lines];
        for (var index = 0; index < stereo.Length; index += 2)
        {
            // Lows stay out of the room, or they boom.
            _sendLowLeft += 0.03f * (stereo[index] - _sendLowLeft);
            _sendLowRight += 0.03f * (stereo[index + 1] - _sendLowRight);
            var left = stereo[index] - _sendLowLeft + Floor;
            var right = stereo[index + 1] - _sendLowRight + Floor;

            float sum = 0;
            for (var line = 0; line < Lines; line++)
            {
                var delayed = _lines[line][_places[line]];
                _damped[line] += _damping * (delayed - _damped[line]);
                outs[line] = _damped[line] * _gains[line];
                sum += outs[line];
            }

            var reflected = sum * (2f / Lines);
            for (var line = 0; line < Lines; line++)
            {
                _lines[line][_places[line]] = outs[line] - reflected + (line % 2 == 0 ? left : right);
                if (++_places[line] == Lengths[line]) _places[line] = 0;
            }

            stereo[index] += _wet * (outs[0] - outs[2] + outs[4] - outs[6]);
            stereo[index + 1] += _wet * (outs[1] - outs[3] + outs[5] - outs[7]);
        }
    }
}

using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Synthesis;

/// <summary>The last step: no DC, the plan's brightness and loudness, a ceiling, and quiet at both ends.</summary>
internal sealed class Mastering
{
    /// <summary>−1 dBFS, a little below so that rounding stays below too.</summary>
    public const float Ceiling = 0.89f;

    private const float Headroom = 0.999f;
    private const double FadeInSeconds = 0.008;

    /// <summary>Frames that share one gain value at each end (2 ms).</summary>
    private const int BlockFrames = 64;

    /// <summary>The limiter lets go by this much a block, in amplitude: from half back to full in 0.25 s.</summary>
    private const float ReleasePerBlock = 0.004f;

    /// <summary>And draws in by at most this much, beginning early: 0.1 s ahead for a peak of twice the ceiling.</summary>
    private const float AttackPerBlock = 0.01f;

    private readonly double _dynamics;
    private readonly float _lowGain;
    private readonly float _highGain;
    private readonly float[] _blockPeaks;
    private readonly int _frames;
    private double _squares;
    private float _peak;
    private float _inLeft, _inRight, _flatLeft, _flatRight, _lowLeft, _lowRight;

    /// <param name="frames">Of the whole piece.</param>
    public Mastering(MusicalPlan plan, int frames)
    {
        _frames = frames;
        _dynamics = plan.Dynamics;
        _lowGain = (float)PortableMath.FromDecibels((0.5 - plan.Brightness) * 4);
        _highGain = (float)PortableMath.FromDecibels((plan.Brightness - 0.5) * 12);
        _blockPeaks = new float[(frames + BlockFrames - 1) / BlockFrames];
    }

    /// <summary>Frames for which the first pass may be called at once: whole blocks.</summary>
    public const int StretchFrames = 128 * BlockFrames;

    /// <summary>First pass, stretch by stretch from the beginning: filters, and measures what the second needs.</summary>
    public void Shape(Span<float> stereo, int firstFrame)
    {
        for (var index = 0; index < stereo.Length; index += 2)
        {
            // High-pass of one pole at 20 Hz, then a shelf at about 1.2 kHz: below it one gain, above it the other.
            _flatLeft = stereo[index] - _inLeft + (0.996f * _flatLeft);
            _flatRight = stereo[index + 1] - _inRight + (0.996f * _flatRight);
            (_inLeft, _inRight) = (stereo[index], stereo[index + 1]);
            _lowLeft += 0.21f * (_flatLeft - _lowLeft);
            _lowRight += 0.21f * (_flatRight - _lowRight);
            var left = (_lowGain * _lowLeft) + (_highGain * (_flatLeft - _lowLeft));
            var right = (_lowGain * _lowRight) + (_highGain * (_flatRight - _lowRight));
            (stereo[index], stereo[index + 1]) = (left, right);
            _squares += (left * left) + (right * right);
            var peak = Math.Max(Math.Abs(left), Math.Abs(right));
            ref var blockPeak = ref _blockPeaks[(firstFrame + (index / 2)) / BlockFrames];
            if (peak > blockPeak) blockPeak = peak;
            if (peak > _peak) _peak = peak;
        }
    }

    /// <summary>
    /// Gain at each block's beginning, and at the end of the last: the loudness that the dynamics ask for, and less where a peak would
    /// pass the ceiling. RMS goes from −32 to −14 dBFS and the peaks that the limiter may take from none to 9 dB; both are ours.
    /// </summary>
    public float[] Gains()
    {
        var rms = Math.Sqrt(_squares / (2.0 * _frames)) + 1e-9;
        var forLoudness = PortableMath.FromDecibels(PortableMath.Lerp(-32, -14, _dynamics)) / rms;
        var forPeaks = PortableMath.FromDecibels(PortableMath.Lerp(-9, 9, _dynamics)) * Ceiling / (_peak + 1e-9);
        var gain = (float)Math.Min(forLoudness, forPeaks);

        var blocks = _blockPeaks.Length;
        var reductions = new float[blocks + 1];
        reductions[0] = 1;
        for (var block = 0; block < blocks; block++)
        {
            var allowed = Math.Min(1, Headroom * Ceiling / ((_blockPeaks[block] * gain) + 1e-9f));
            reductions[block] = Math.Min(reductions[block], allowed);
            reductions[block + 1] = Math.Min(allowed, reductions[block] + ReleasePerBlock);
        }

        for (var block = blocks - 1; block >= 0; block--)
        {
            reductions[block] = Math.Min(reductions[block], reductions[block + 1] + AttackPerBlock);
        }

        for (var block = 0; block <= blocks; block++) reductions[block] *= gain;
        return reductions;
    }

    /// <summary>Second pass: gains, straight between the blocks, and the fades.</summary>
    public void Apply(Span<float> stereo, int firstFrame, float[] gains)
    {
        var fadeIn = (int)(FadeInSeconds * AudioFormat.SampleRate);
        var fadeOut = (int)Math.Min(1.2 * AudioFormat.SampleRate, 0.15 * _frames);
        for (var index = 0; index < stereo.Length; index += 2)
        {
            var frame = firstFrame + (index / 2);
            var block = frame / BlockFrames;
            var gain = gains[block] + ((gains[block + 1] - gains[block]) * ((frame % BlockFrames) * (1f / BlockFrames)));
            if (frame < fadeIn) gain *= Fade((float)frame / fadeIn);
            if (frame >= _frames - fadeOut) gain *= Fade((float)(_frames - 1 - frame) / fadeOut);
            stereo[index] *= gain;
            stereo[index + 1] *= gain;
        }
    }

    /// <summary>0…1, flat at both ends.</summary>
    private static float Fade(float share) => share * share * (3 - (2 * share));
}

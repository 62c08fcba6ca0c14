using System.Runtime.Intrinsics;
using AudioReprompt.Audio.Loudness;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// The last step: no DC, the plan's brightness, the integrated loudness that the plan's dynamics ask for (ITU-R BS.1770-4), a ceiling for
/// the true peak, and quiet at both ends. The limiter's work is foreseen block by block, so that the loudness is met with it.
/// </summary>
internal sealed class Mastering
{
    /// <summary>Integrated loudness of the softest plan, LUFS.</summary>
    public const double SoftestLufs = -22;

    /// <summary>Of the loudest, LUFS.</summary>
    public const double LoudestLufs = -14;

    /// <summary>−1.1 dBTP, a little below −1 for what moves between a block's beginning and its end.</summary>
    public const float Ceiling = 0.881f;

    /// <summary>Frames that share one gain value at each end (2 ms).</summary>
    private const int BlockFrames = TruePeak.BlockFrames;

    /// <summary>Blocks of 100 ms: the hops of the loudness.</summary>
    private const int BlocksPerHop = AudioFormat.SampleRate / 10 / BlockFrames;

    private const double FadeInSeconds = 0.008;

    /// <summary>LUFS of a K-weighted power of 1.</summary>
    private const double LufsOfFullPower = -0.691;

    /// <summary>The limiter lets go by this much a block, in amplitude: from half back to full in 0.25 s.</summary>
    private const float ReleasePerBlock = 0.004f;

    /// <summary>And draws in by at most this much, beginning early: 0.1 s ahead for a peak of twice the ceiling.</summary>
    private const float AttackPerBlock = 0.01f;

    /// <summary>The loudness is met when it is this near, as a ratio of powers (0.04 LU).</summary>
    private const double NearEnough = 0.01;

    private const int MostRounds = 40;

    private readonly int _frames;
    private readonly double _targetPower;
    private readonly float _lowGain;
    private readonly float _highGain;
    private readonly double[] _blockEnergies;
    private readonly float[] _blockPeaks;
    private KWeighting _weighting = new(AudioFormat.SampleRate);
    private float _inLeft, _inRight, _flatLeft, _flatRight, _lowLeft, _lowRight;

    /// <param name="frames">Of the whole piece.</param>
    public Mastering(MusicalPlan plan, int frames)
    {
        _frames = frames;
        var amplitude = PortableMath.FromDecibels(PortableMath.Lerp(SoftestLufs, LoudestLufs, plan.Dynamics) - LufsOfFullPower);
        _targetPower = amplitude * amplitude;
        _lowGain = (float)PortableMath.FromDecibels((0.5 - plan.Brightness) * 6);
        _highGain = (float)PortableMath.FromDecibels((plan.Brightness - 0.5) * 18);
        var blocks = (frames + BlockFrames - 1) / BlockFrames;
        _blockEnergies = new double[blocks];
        _blockPeaks = new float[blocks];
    }

    /// <summary>Frames for which a pass may be called at once: whole blocks.</summary>
    public const int StretchFrames = StretchBlocks * BlockFrames;

    private const int StretchBlocks = 128;

    /// <summary>First pass, stretch by stretch from the beginning: filters, and measures what the others need.</summary>
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
            stereo[index] = (_lowGain * _lowLeft) + (_highGain * (_flatLeft - _lowLeft));
            stereo[index + 1] = (_lowGain * _lowRight) + (_highGain * (_flatRight - _lowRight));
        }

        for (var start = 0; start < stereo.Length; start += 2 * BlockFrames)
        {
            var block = stereo[start..Math.Min(start + (2 * BlockFrames), stereo.Length)];
            var place = (firstFrame + (start / 2)) / BlockFrames;
            _blockEnergies[place] = Vector128.Sum(_weighting.Energy(block, block[1..], 2, block.Length / 2));
            _blockPeaks[place] = TruePeak.SamplePeak(block);
        }
    }

    /// <summary>
    /// Gain at each block's beginning, and at the end of the last, the fades apart. Two rounds: by the samples, which says how much gain there
    /// will be, and then by the true peaks of those blocks that this gain brings near the ceiling.
    /// </summary>
    /// <param name="stereo">The whole piece, shaped.</param>
    public float[] Gains(ReadOnlySpan<float> stereo, CancellationToken cancellationToken)
    {
        var fades = FadesOfBlocks();
        var gains = new float[_blockPeaks.Length + 1];
        var hops = new double[_frames / (BlockFrames * BlocksPerHop)];
        var roughly = Meet(gains, fades, hops, 1, cancellationToken);

        // What stays below the ceiling with half as much gain again needs no second look.
        var relevant = Ceiling / (1.5f * (float)roughly);
        for (var block = 0; block < _blockPeaks.Length; block += StretchBlocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TruePeak.OfBlocks(stereo, _blockPeaks, relevant, block, Math.Min(block + StretchBlocks, _blockPeaks.Length));
        }

        Meet(gains, fades, hops, roughly, cancellationToken);
        return gains;
    }

    /// <summary>Last pass: gains, straight between the blocks, and the fades.</summary>
    public void Apply(Span<float> stereo, int firstFrame, float[] gains)
    {
        for (var index = 0; index < stereo.Length; index += 2)
        {
            var frame = firstFrame + (index / 2);
            var block = frame / BlockFrames;
            var gain = gains[block] + ((gains[block + 1] - gains[block]) * ((frame % BlockFrames) * (1f / BlockFrames)));
            gain *= FadeAt(frame);
            stereo[index] *= gain;
            stereo[index + 1] *= gain;
        }
    }

    /// <summary>
    /// Finds the gain before the limiter with which the loudness behind it is the plan's. More gain is always louder, less and less so as the
    /// limiter takes its part, so each round corrects by what is still missing.
    /// </summary>
    private double Meet(float[] gains, float[] fades, double[] hops, double gain, CancellationToken cancellationToken)
    {
        for (var round = 0; ; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Limit(gains, (float)gain);
            var power = PowerWith(gains, fades, hops);
            if (round == MostRounds || power <= 0 || Math.Abs((power / _targetPower) - 1) < NearEnough) return gain;
            gain *= Math.Sqrt(_targetPower / power);
        }
    }

    private void Limit(float[] gains, float gain)
    {
        var blocks = _blockPeaks.Length;
        gains[0] = 1;
        for (var block = 0; block < blocks; block++)
        {
            var allowed = Math.Min(1, Ceiling / ((_blockPeaks[block] * gain) + 1e-9f));
            gains[block] = Math.Min(gains[block], allowed);
            gains[block + 1] = Math.Min(allowed, gains[block] + ReleasePerBlock);
        }

        for (var block = blocks - 1; block >= 0; block--) gains[block] = Math.Min(gains[block], gains[block + 1] + AttackPerBlock);
        for (var block = 0; block <= blocks; block++) gains[block] *= gain;
    }

    private double PowerWith(float[] gains, float[] fades, double[] hops)
    {
        for (var hop = 0; hop < hops.Length; hop++)
        {
            var energy = 0.0;
            for (var block = hop * BlocksPerHop; block < (hop + 1) * BlocksPerHop; block++)
            {
                var gain = 0.5 * (gains[block] + gains[block + 1]) * fades[block];
                energy += gain * gain * _blockEnergies[block];
            }

            hops[hop] = energy;
        }

        return IntegratedLoudness.OfHops(hops, AudioFormat.SampleRate).Power;
    }

    private float[] FadesOfBlocks()
    {
        var fades = new float[_blockPeaks.Length];
        for (var block = 0; block < fades.Length; block++) fades[block] = FadeAt(Math.Min(_frames - 1, (block * BlockFrames) + (BlockFrames / 2)));
        return fades;
    }

    private float FadeAt(int frame)
    {
        const int fadeIn = (int)(FadeInSeconds * AudioFormat.SampleRate);
        var fadeOut = (int)Math.Min(1.2 * AudioFormat.SampleRate, 0.15 * _frames);
        var fade = frame < fadeIn ? Smooth((float)frame / fadeIn) : 1;
        return frame >= _frames - fadeOut ? fade * Smooth((float)(_frames - 1 - frame) / fadeOut) : fade;
    }

    /// <summary>0…1, flat at both ends.</summary>
    private static float Smooth(float share) => share * share * (3 - (2 * share));
}

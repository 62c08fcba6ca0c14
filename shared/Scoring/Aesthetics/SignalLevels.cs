using AudioReprompt.Audio;
using AudioReprompt.Audio.Loudness;

namespace AudioReprompt.Scoring.Aesthetics;

/// <summary>Levels of a whole recording, measured as it passes.</summary>
/// <param name="Frames">How long it was.</param>
/// <param name="Loudness">Nothing measurable where the channels or the rate are none that the standard's filter knows.</param>
/// <param name="TruePeak">Full scale is 1.</param>
/// <param name="ClippedShare">Of the samples, 0…1.</param>
/// <param name="SilenceShare">Of the frames, 0…1.</param>
internal sealed record SignalLevels(long Frames, IntegratedLoudness Loudness, float TruePeak, double ClippedShare, double SilenceShare)
{
    /// <summary>The largest sample of 16 bits.</summary>
    private const float FullScale = 32767f / 32768f;

    /// <summary>A sine at full scale touches it with one or two samples at the top of a wave; this many side by side were cut off.</summary>
    private const int ClippedRun = 4;

    /// <summary>−60 dBFS as a power.</summary>
    private const double Silent = 1e-6;

    /// <param name="recording">Read to its end; not disposed.</param>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static SignalLevels Measure(IAudioReader recording, CancellationToken cancellationToken)
    {
        var (channels, rate) = (recording.Channels, recording.SampleRate);
        var hasLoudness = channels <= 2 && rate >= IntegratedLoudness.LowestSampleRate;
        var weighting = hasLoudness ? new KWeighting(rate) : default;
        var energies = new List<double>();
        var peak = new TruePeakMeter(channels);
        var runs = new int[channels];
        var buffer = new float[((rate / IntegratedLoudness.HopsPerSecond) + 1) * channels];
        var (total, silent, clipped) = (0L, 0L, 0L);
        for (var hop = 0; ; hop++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = Math.Max(1, IntegratedLoudness.StartOf(hop + 1, rate) - IntegratedLoudness.StartOf(hop, rate));
            var samples = buffer.AsSpan(0, wanted * channels);
            var frames = recording.Read(samples);
            if (frames == 0) break;
            samples = samples[..(frames * channels)];
            total += frames;
            peak.Add(samples);
            clipped += Clipped(samples, channels, runs);
            if (Power(samples) < Silent) silent += frames;
            // Only whole hops have a loudness.
            if (!hasLoudness || frames < wanted) continue;
            var energy = weighting.Energy(samples, channels == 1 ? samples : samples[1..], channels, frames);
            energies.Add(channels == 1 ? energy[0] : energy[0] + energy[1]);
        }

        return new SignalLevels(
            total,
            IntegratedLoudness.OfHops(energies.ToArray(), rate),
            peak.End(),
            total == 0 ? 0 : (double)clipped / (total * channels),
            total == 0 ? 0 : (double)silent / total);
    }

    private static double Power(ReadOnlySpan<float> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples) sum += (double)sample * sample;
        return sum / samples.Length;
    }

    /// <param name="runs">By channel the length of the run that the samples before ended in, negative below zero; goes on from one call to the next.</param>
    private static long Clipped(ReadOnlySpan<float> samples, int channels, int[] runs)
    {
        var clipped = 0L;
        for (var index = 0; index < samples.Length; index++)
        {
            ref var run = ref runs[index % channels];
            var sign = samples[index] >= FullScale ? 1 : samples[index] <= -FullScale ? -1 : 0;
            run = sign == 0 ? 0 : Math.Sign(run) == sign ? run + sign : sign;
            if (Math.Abs(run) == ClippedRun) clipped += ClippedRun;
            else if (Math.Abs(run) > ClippedRun) clipped++;
        }

        return clipped;
    }
}

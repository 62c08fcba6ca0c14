using AudioReprompt.Audio.Loudness;

namespace AudioReprompt.Audio;

/// <summary>NaN and infinity spread through every filter and transform, so they are found where samples come in.</summary>
internal static class FiniteSamples
{
    /// <returns>−1 where all are finite.</returns>
    public static int IndexOfNonFinite(ReadOnlySpan<float> samples)
    {
        // The largest magnitude is found eight at a time, and NaN and infinity lie above all others.
        if (float.IsFinite(TruePeak.SamplePeak(samples))) return -1;
        var index = 0;
        while (float.IsFinite(samples[index])) index++;
        return index;
    }

    /// <exception cref="ArgumentException">A sample is not finite; the message gives its index.</exception>
    public static void Require(ReadOnlySpan<float> samples, string parameter)
    {
        var index = IndexOfNonFinite(samples);
        if (index >= 0) throw new ArgumentException($"Sample {index} is not finite.", parameter);
    }

    /// <summary>For what came out of a file.</summary>
    /// <param name="offset">How many samples came before these.</param>
    /// <exception cref="InvalidDataException">A sample is not finite; the message gives its index in the file.</exception>
    public static void RequireRead(ReadOnlySpan<float> samples, long offset)
    {
        var index = IndexOfNonFinite(samples);
        if (index >= 0) throw new InvalidDataException($"Sample {offset + index} is not finite.");
    }
}

namespace AudioReprompt.Audio.Mel;

/// <summary>
/// Our way with recordings that are longer than a CLAP model hears: windows side by side, and if samples are left over a last one that ends
/// with the recording and overlaps its neighbour, so that no window holds padding. The mean of their unit embeddings, made unit length,
/// hears the whole piece and is the same every time; it is not what papers report.
/// </summary>
public static class ClapWindows
{
    /// <summary>Where the windows begin; a recording that is not longer than one is its only window.</summary>
    public static IEnumerable<long> Starts(long samples, int windowSamples)
    {
        for (var start = 0L; start + windowSamples <= samples; start += windowSamples) yield return start;
        if (samples < windowSamples) yield return 0;
        else if (samples % windowSamples != 0) yield return samples - windowSamples;
    }

    /// <summary>The windows of a recording as it is read, in the memory of two of them.</summary>
    /// <param name="mono">One channel at the model's sample rate (<see cref="ClapFeatureExtractor.Prepare"/>).</param>
    /// <returns>
    /// Each of <paramref name="windowSamples"/> and valid until the next is asked for; one shorter where the recording is; none where it is empty.
    /// </returns>
    /// <exception cref="InvalidDataException">The recording turns out to be malformed.</exception>
    public static IEnumerable<ReadOnlyMemory<float>> Read(IAudioReader mono, int windowSamples)
    {
        ArgumentNullException.ThrowIfNull(mono);
        if (mono.Channels != 1) throw new ArgumentException($"{mono.Channels} channels where one is heard.", nameof(mono));
        var (window, previous) = (new float[windowSamples], new float[windowSamples]);
        var isFirst = true;
        while (true)
        {
            var count = mono.Read(window);
            if (count == windowSamples)
            {
                yield return window;
                (window, previous) = (previous, window);
                isFirst = false;
                continue;
            }

            if (count == 0) yield break;
            if (isFirst)
            {
                yield return window.AsMemory(0, count);
                yield break;
            }

            // What is left over, behind the end of the window before it.
            window.AsSpan(0, count).CopyTo(window.AsSpan(windowSamples - count));
            previous.AsSpan(count).CopyTo(window);
            yield return window;
            yield break;
        }
    }
}

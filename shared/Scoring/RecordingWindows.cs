using AudioReprompt.Audio;

namespace AudioReprompt.Scoring;

/// <summary>Cuts a recording so that hours need no more memory than a minute: whole up to a minute, else windows of half a minute.</summary>
internal static class RecordingWindows
{
    private const double WholeSeconds = 60;
    private const double WindowSeconds = 30;

    /// <summary>The rest behind the last window counts from here on.</summary>
    private const double ShortestRestSeconds = 10;

    /// <summary>Memory grows with what has come: most recordings are short.</summary>
    private const double FirstSeconds = 15;

    public delegate void Window(ReadOnlySpan<float> samples);

    /// <param name="reader">Read to its end; not disposed.</param>
    /// <param name="hear">Gets each window in turn, interleaved, <c>[frames · channels]</c>.</param>
    /// <returns>Frames of the windows; 0 for a recording without samples.</returns>
    public static long Each(IAudioReader reader, Window hear, CancellationToken cancellationToken)
    {
        var whole = (int)(WholeSeconds * reader.SampleRate) * reader.Channels;
        var window = new float[(int)(FirstSeconds * reader.SampleRate) * reader.Channels];
        var held = 0;
        while (true)
        {
            held += reader.Read(window.AsSpan(held)) * reader.Channels;
            if (held < window.Length || held == whole) break;
            cancellationToken.ThrowIfCancellationRequested();
            Array.Resize(ref window, Math.Min(whole, 2 * window.Length));
        }

        if (held < whole)
        {
            if (held > 0) hear(window.AsSpan(0, held));
            return held / reader.Channels;
        }

        var part = (int)(WindowSeconds * reader.SampleRate) * reader.Channels;
        hear(window.AsSpan(0, part));
        var heard = (long)part;
        for (var rest = window.AsSpan(part, part); rest.Length >= ShortestRestSeconds * reader.SampleRate * reader.Channels;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hear(rest);
            heard += rest.Length;
            rest = window.AsSpan(0, part);
            rest = rest[..(reader.Read(rest) * reader.Channels)];
        }

        return heard / reader.Channels;
    }
}

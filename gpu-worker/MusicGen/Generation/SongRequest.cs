using AudioReprompt.Music;

namespace AudioReprompt.MusicGen.Generation;

/// <summary>A song to decode.</summary>
/// <param name="TextStates">Of its prompt, <c>[tokens, text width]</c>.</param>
/// <param name="Known">Frames to go on from, <c>[codebooks][frames]</c>; empty for none.</param>
/// <param name="Frames">New frames.</param>
internal sealed record SongRequest(float[] TextStates, int[][] Known, int Frames, SamplingOptions Sampling, long Seed);

/// <summary>
/// How a song that is longer than the model's window is parted: every later window goes on from the last seconds of what is there, and
/// positions start again at 0 in it (Copet et al. 2023, extended generation: windows of 30 s that keep 12 s).
/// </summary>
/// <param name="Known">Frames that the window is given.</param>
/// <param name="New">Frames that it adds.</param>
internal readonly record struct SongWindow(int Known, int New)
{
    private const double WindowSeconds = 30;
    private const double KeptSeconds = 12;

    /// <summary>Parts a song.</summary>
    /// <param name="known">Frames that are there before the first window.</param>
    /// <param name="frames">New frames in all.</param>
    public static IEnumerable<SongWindow> Part(int known, int frames, double frameRate)
    {
        var (window, kept) = ((int)Math.Round(WindowSeconds * frameRate), (int)Math.Round(KeptSeconds * frameRate));
        for (var done = 0; done < frames;)
        {
            // A short beginning that is given is kept whole.
            var given = done == 0 && known <= window - kept ? known : Math.Min(kept, known + done);
            var added = Math.Min(frames - done, window - given);
            yield return new SongWindow(given, added);
            done += added;
        }
    }
}

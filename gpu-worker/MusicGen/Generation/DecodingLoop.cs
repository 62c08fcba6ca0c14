using System.Threading.Channels;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Decoding;

namespace AudioReprompt.MusicGen.Generation;

/// <summary>
/// Decodes all songs that wait together: one pass of the decoder is a step of every song, and between two steps songs come and go. Since
/// neither the decoder nor the draws of a song know of its neighbours, a song is the same alone and among others.
/// </summary>
/// <param name="mostTogether">Songs at once; the rest waits in its order.</param>
internal sealed class DecodingLoop(IDecoder decoder, CodecConfig codec, int mostTogether) : IAsyncDisposable
{
    private readonly Channel<ActiveSong> _waiting = Channel.CreateUnbounded<ActiveSong>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _start = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Songs in the decoder.</summary>
    public int Active { get; private set; }

    /// <summary>Decodes a song.</summary>
    /// <param name="onFrames">Called on the loop's thread whenever more frames are complete, with all codes <c>[codebooks][frames]</c> and how many of the new frames are.</param>
    /// <exception cref="OperationCanceledException">The token was tripped; honoured between two steps.</exception>
    public Task RunAsync(SongRequest request, Action<int[][], int> onFrames, CancellationToken cancellationToken)
    {
        var song = new ActiveSong(request, decoder, codec, onFrames, cancellationToken);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(song), this);
        lock (_start)
        {
            // Its own thread: a step is a long computation, and the next follows at once.
            if (_loop.IsCompleted) _loop = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return song.Ended;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _ending.CancelAsync();
        await _loop;
        _ending.Dispose();
    }

    private void Loop()
    {
        var songs = new List<ActiveSong>();
        while (true)
        {
            while (songs.Count < mostTogether && _waiting.Reader.TryRead(out var song))
            {
                if (song.TryBegin()) songs.Add(song);
            }

            Active = songs.Count;
            if (songs.Count == 0)
            {
                lock (_start)
                {
                    if (_waiting.Reader.TryPeek(out _)) continue;
                    // Whoever comes after this starts the loop anew.
                    _loop = Task.CompletedTask;
                    return;
                }
            }

            Step(songs);
        }
    }

    private void Step(List<ActiveSong> songs)
    {
        songs.RemoveAll(song => song.EndIfCancelled(_ending.Token));
        if (songs.Count == 0) return;
        try
        {
            decoder.Run([.. songs.Select(song => song.NextStep())]);
        }
        catch (Exception exception)
        {
            // Nobody knows whose fault it is, and every song's cache may be half a step ahead.
            foreach (var song in songs) song.Fail(exception);
            songs.Clear();
            return;
        }

        songs.RemoveAll(song => song.Accept());
    }
}

using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.RunPod;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Live;

/// <summary>
/// Brings the parts of songs that are being made from the endpoint's stream to those who listen. An endpoint gives a part once, so one reader
/// serves all listeners of a song; it ends with the last of them. The finished WAV does not come this way, so nothing is lost with a reader.
/// </summary>
public sealed partial class LiveSongs(IJobStore store, JobChanges changes, RunPodClient endpoint, TimeProvider time, ILogger<LiveSongs> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Reader> _readers = [];

    /// <summary>Takes part in a song until disposed.</summary>
    internal Listener Join(Guid jobId)
    {
        lock (_lock)
        {
            if (!_readers.TryGetValue(jobId, out var reader))
            {
                reader = new Reader(new LiveSong(), new CancellationTokenSource());
                _readers.Add(jobId, reader);
                _ = Task.Run(() => ReadAsync(jobId, reader.Song, reader.Stop.Token));
            }

            reader.Listeners++;
            return new Listener(this, jobId, reader.Song);
        }
    }

    private void Leave(Guid jobId)
    {
        lock (_lock)
        {
            if (!_readers.TryGetValue(jobId, out var reader) || --reader.Listeners > 0) return;
            _readers.Remove(jobId);
            reader.Stop.Cancel();
            reader.Stop.Dispose();
        }
    }

    private async Task ReadAsync(Guid jobId, LiveSong song, CancellationToken cancellationToken)
    {
        try
        {
            using var watch = changes.Listen(jobId);
            while (await store.GetAsync(jobId, cancellationToken) is { } stored)
            {
                var job = stored.Job;
                var isMade = job.State.IsTerminal() || job.Result is not null;
                if (job.EndpointJobId is { } endpointId && !job.State.IsTerminal() && !await DrainAsync(endpointId, song, cancellationToken)) return;
                if (isMade) return;
                // Between two attempts, or not begun.
                await watch.WaitAsync(Look, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception exception)
        {
            // Listeners get the finished WAV instead.
            LogLost(jobId, exception.Message);
        }
        finally
        {
            song.End();
        }
    }

    /// <summary>Reads one attempt's stream to its end.</summary>
    /// <returns>false when parts are missing: somebody else has read them.</returns>
    private async Task<bool> DrainAsync(string endpointId, LiveSong song, CancellationToken cancellationToken)
    {
        while (true)
        {
            EndpointStream? answer;
            try
            {
                answer = await endpoint.StreamAsync(endpointId, Poll, cancellationToken);
            }
            catch (EndpointException)
            {
                // Restarting, perhaps; the record says whether the job goes on.
                return true;
            }

            if (answer is null) return true;
            foreach (var part in answer.Chunks)
            {
                if (part.Deserialize(WorkerJson.Default.WorkerChunk) is not { AudioBase64: not null } chunk || chunk.Index > song.Count) return false;
                // A repeated attempt makes the same parts again.
                if (chunk.Index == song.Count) song.Add(Samples(chunk), chunk.SampleRate, chunk.Channels);
            }

            if (answer.IsEnd) return true;
        }
    }

    private static byte[] Samples(WorkerChunk chunk) => Convert.FromBase64String(chunk.AudioBase64)[WavFile.HeaderBytes..];

    [LoggerMessage(1, LogLevel.Warning, "Job {JobId} cannot be heard while it is made: {Reason}")]
    private partial void LogLost(Guid jobId, string reason);

    private sealed class Reader(LiveSong song, CancellationTokenSource stop)
    {
        public LiveSong Song { get; } = song;

        public CancellationTokenSource Stop { get; } = stop;

        public int Listeners { get; set; }
    }

    /// <summary>One listener's place.</summary>
    internal sealed class Listener(LiveSongs songs, Guid jobId, LiveSong song) : IDisposable
    {
        private int _left;

        public LiveSong Song { get; } = song;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) songs.Leave(jobId);
        }
    }
}

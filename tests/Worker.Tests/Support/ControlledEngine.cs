using System.Threading.Channels;
using AudioReprompt.Music;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>An engine that a test holds by the hand: it starts, reports and ends when it is told to.</summary>
internal sealed class ControlledEngine(string name = "composer") : IMusicEngine
{
    private readonly Channel<MusicRequest> _started = Channel.CreateUnbounded<MusicRequest>();
    private readonly Channel<bool> _released = Channel.CreateUnbounded<bool>();
    private readonly Lock _lock = new();
    private int _running;

    public string Name => name;

    public string Model => $"{name}-test";

    /// <summary>Each call waits for a <see cref="Release"/>.</summary>
    public bool Held { get; init; }

    /// <summary>A held call goes on even though its token is tripped.</summary>
    public bool Deaf { get; init; }

    public Exception? Fault { get; init; }

    /// <summary>Seconds of silence that come out.</summary>
    public double Seconds { get; init; } = 0.1;

    public int MostAtOnce { get; private set; }

    /// <summary>The last call's progress.</summary>
    public IProgress<double>? Progress { get; private set; }

    /// <summary>Ends when a call has honoured its tripped token.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Progress = progress;
        lock (_lock) MostAtOnce = Math.Max(MostAtOnce, ++_running);
        _started.Writer.TryWrite(request);
        try
        {
            if (Held) await _released.Reader.ReadAsync(Deaf ? CancellationToken.None : cancellationToken);
            if (Fault is not null) throw Fault;
            return new GeneratedAudio(new float[(int)(Seconds * 32000) * 2], 32000, 2);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
        finally
        {
            lock (_lock) _running--;
        }
    }

    /// <summary>Waits for one more call to begin.</summary>
    /// <returns>What it is asked for.</returns>
    public Task<MusicRequest> StartedAsync() => _started.Reader.ReadAsync().AsTask().InTime();

    /// <summary>Whether a call has begun that <see cref="StartedAsync"/> has not told of.</summary>
    public bool HasStarted => _started.Reader.TryPeek(out _);

    /// <summary>Lets one held call end.</summary>
    public void Release() => _released.Writer.TryWrite(true);
}

namespace AudioReprompt.FrontDoor.Live;

/// <summary>A song as far as it has come, for any number of listeners: samples of 16 bits, in the order of time.</summary>
internal sealed class LiveSong
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _parts = [];
    private TaskCompletionSource _changed = New();
    private bool _ended;

    /// <summary>Known with the first part.</summary>
    public (int SampleRate, int Channels)? Format { get; private set; }

    /// <summary>Parts so far; the number that the next one must have.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _parts.Count;
        }
    }

    public void Add(byte[] samples, int sampleRate, int channels)
    {
        lock (_lock)
        {
            Format ??= (sampleRate, channels);
            _parts.Add(samples);
            Signal();
        }
    }

    /// <summary>Nothing more will come, be it that the song is whole or not.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Signal();
        }
    }

    /// <summary>All parts, the later ones as they come, until the end.</summary>
    public async IAsyncEnumerable<byte[]> ListenAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = 0; ; next++)
        {
            byte[]? part;
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    part = next < _parts.Count ? _parts[next] : null;
                    if (part is not null || _ended) break;
                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancellationToken);
            }

            if (part is null) yield break;
            yield return part;
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

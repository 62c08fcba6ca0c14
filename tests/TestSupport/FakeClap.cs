using AudioReprompt.Audio;
using AudioReprompt.Scoring.Clap;

namespace AudioReprompt.TestSupport;

/// <summary>
/// A model whose cosines are known: with every recording 0.25 for <paramref name="prompt"/>, 0.5 for the sentence of sweet, 0 for those of the other
/// tastes, 0.75 for any other text.
/// </summary>
public sealed class FakeClap(string prompt) : IClap, IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private int _recordings;

    public string Model => "clap-fake";

    public double LogitScale => 10;

    /// <summary>How often a recording was embedded, or begun to be.</summary>
    public int Recordings => Volatile.Read(ref _recordings);

    /// <summary>Thrown for every recording.</summary>
    public Exception? Fault { get; set; }

    /// <summary>From now on recordings wait.</summary>
    public void Close() => _open.Reset();

    public void Open() => _open.Set();

    public float[] EmbedText(string text)
    {
        var cosine = text == prompt ? 0.25f
            : text == "This music tastes sweet." ? 0.5f
            : text.StartsWith("This music tastes ", StringComparison.Ordinal) ? 0
            : 0.75f;
        return [cosine, MathF.Sqrt(1 - (cosine * cosine))];
    }

    public ClapAudio EmbedAudio(IAudioReader recording, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _recordings);
        _open.Wait(cancellationToken);
        if (Fault is not null) throw Fault;
        return new ClapAudio([1, 0], 2, "windows");
    }

    public void Dispose() => _open.Dispose();
}

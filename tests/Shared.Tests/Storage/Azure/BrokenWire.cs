using Azure.Core;
using Azure.Core.Pipeline;

namespace AudioReprompt.Tests.Storage.Azure;

/// <summary>The process is dead: nothing that it would do next happens.</summary>
public sealed class ProcessDiedException : Exception;

/// <summary>Lets so many writes through; the process dies at the next, before it is sent.</summary>
internal sealed class DyingProcess(int writes) : HttpPipelinePolicy
{
    private int _left = writes;

    /// <summary>Whether it came to that.</summary>
    public bool Died => _left < 0;

    public void AddTo(ClientOptions options) => options.AddPolicy(this, HttpPipelinePosition.PerCall);

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (Died || (message.Request.Method != RequestMethod.Get && Interlocked.Decrement(ref _left) < 0)) throw new ProcessDiedException();
        return ProcessNextAsync(message, pipeline);
    }

    // The synchronous calls are those that open the storage.
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);
}

/// <summary>Every first write arrives, but its answer is lost; the repetition meets what the first try wrote.</summary>
internal sealed class LostAnswers : HttpPipelinePolicy
{
    private readonly HashSet<string> _seen = [];

    /// <summary>How many answers were lost.</summary>
    public int Count => _seen.Count;

    public void AddTo(ClientOptions options)
    {
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.AddPolicy(this, HttpPipelinePosition.PerRetry);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        lock (_seen)
        {
            if (message.Request.Method == RequestMethod.Get || !_seen.Add(message.Request.ClientRequestId)) return;
        }

        throw new IOException("The connection was reset.");
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);
}

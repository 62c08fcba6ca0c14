using AudioReprompt.Scoring.Clap;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.FrontDoor.Dispatch;

/// <summary>A queue that answers what nobody expects, while a message is held. The loops must outlive it, with all their places.</summary>
public sealed class MessageLeaseTests : IDisposable
{
    private readonly FakeClap _clap = new(TestFrontDoor.Prompt);
    private readonly EveryLine _logs = new();
    private readonly OddGate _gate = new();

    public void Dispose() => _clap.Dispose();

    [Fact]
    public async Task Renewal_FailsOddlyWhileTheJobRuns_IsToldAndItsPlaceIsFree()
    {
        await using var door = await StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var first = await door.GenerateAsync();
        await door.UntilAsync(first, "running");
        await _gate.FailAsync();
        await door.Endpoint.FinishAsync(door.Endpoint.Jobs.Single());
        await door.UntilAsync(first, "completed");

        door.Endpoint.Behaviour = EndpointBehaviour.Complete;
        await door.UntilAsync(await door.GenerateAsync(), "completed");
        Assert.Contains(_logs.Lines, line => line.Contains(OddGate.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Renewal_FailsOddlyWhileTheJobIsScored_IsToldAndTheScoringGoesOn()
    {
        await using var door = await StartAsync();
        _clap.Close();
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, _ => _clap.Recordings == 1);
        await _gate.FailAsync();
        _clap.Open();

        var done = await door.UntilAsync(id, "completed");
        Assert.Equal(0.75, done.GetProperty("clap_score").GetDouble(), 6);
        Assert.Contains(_logs.Lines, line => line.Contains(OddGate.Reason, StringComparison.Ordinal));
    }

    private Task<TestFrontDoor> StartAsync() => TestFrontDoor.StartAsync(
        new()
        {
            ["AUDIOREPROMPT__DISPATCH__VISIBILITY_TIMEOUT_SECONDS"] = "1",
            ["AUDIOREPROMPT__DISPATCH__MAX_IN_FLIGHT"] = "1",
            ["AUDIOREPROMPT__LOGGING__LEVEL"] = "error",
        },
        services => services
            .AddSingleton<IJobQueue>(provider => new GatedJobQueue(ActivatorUtilities.CreateInstance<SqliteJobQueue>(provider), _gate))
            .AddSingleton<IClap>(_clap)
            .AddSingleton<ILoggerProvider>(_logs));

    /// <summary>Answers every renewal in a way that the queue's contract does not know, until one has met it.</summary>
    private sealed class OddGate : IGate
    {
        public const string Reason = "the queue speaks in tongues";

        private volatile TaskCompletionSource? _met;

        public Task<T> PassAsync<T>(string what, Func<Task<T>> pass)
        {
            if (what != "queue.extend" || _met?.TrySetResult() is not true) return pass();
            return Task.FromException<T>(new InvalidOperationException(Reason));
        }

        /// <summary>Until a renewal has failed.</summary>
        public Task FailAsync()
        {
            _met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _met.Task.WaitAsync(TestFrontDoor.Patience);
        }
    }
}

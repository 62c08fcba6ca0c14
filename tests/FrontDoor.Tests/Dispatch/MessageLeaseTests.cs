using AudioReprompt.Scoring.Clap;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.FrontDoor.Dispatch;

/// <summary>A queue that answers what nobody expects, while a message is held. The loops must outlive it, with all their places.</summary>
public sealed class MessageLeaseTests : IDisposable
{
    private const string Reason = "the queue speaks in tongues";

    private readonly FakeClap _clap = new(TestFrontDoor.Prompt);
    private readonly EveryLine _logs = new();
    private readonly ScriptedGate _gate = new();

    public void Dispose() => _clap.Dispose();

    [Fact]
    public async Task Renewal_FailsOddlyWhileTheJobRuns_IsToldAndItsPlaceIsFree()
    {
        await using var door = await StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var first = await door.GenerateAsync();
        await door.UntilAsync(first, "running");
        await FailARenewalAsync();
        await door.Endpoint.FinishAsync(door.Endpoint.Jobs.Single());
        await door.UntilAsync(first, "completed");

        door.Endpoint.Behaviour = EndpointBehaviour.Complete;
        await door.UntilAsync(await door.GenerateAsync(), "completed");
        Assert.Contains(_logs.Lines, line => line.Contains(Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Renewal_FailsOddlyWhileTheJobIsScored_IsToldAndTheScoringGoesOn()
    {
        await using var door = await StartAsync();
        _clap.Close();
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, _ => _clap.Recordings == 1);
        await FailARenewalAsync();
        _clap.Open();

        var done = await door.UntilAsync(id, "completed");
        Assert.Equal(0.75, done.GetProperty("clap_score").GetDouble(), 6);
        Assert.Contains(_logs.Lines, line => line.Contains(Reason, StringComparison.Ordinal));
    }

    private Task<TestFrontDoor> StartAsync() => TestFrontDoor.StartAsync(
        new()
        {
            ["AUDIOREPROMPT__DISPATCH__VISIBILITY_TIMEOUT_SECONDS"] = "1",
            ["AUDIOREPROMPT__DISPATCH__MAX_IN_FLIGHT"] = "1",
            ["AUDIOREPROMPT__LOGGING__LEVEL"] = "error",
        },
        services => services.AddGatedStorage(_gate).AddSingleton<IClap>(_clap).AddSingleton<ILoggerProvider>(_logs));

    /// <summary>Answers a renewal in a way that the queue's contract does not know.</summary>
    /// <returns>When it has.</returns>
    private Task FailARenewalAsync()
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate.Before = call => call == "queue.extend" && met.TrySetResult() ? throw new InvalidOperationException(Reason) : Task.CompletedTask;
        return met.Task.WaitAsync(TestFrontDoor.Patience);
    }
}

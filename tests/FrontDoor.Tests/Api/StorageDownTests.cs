using System.Net;
using AudioReprompt.Tests.FrontDoor.Support;

namespace AudioReprompt.Tests.FrontDoor.Api;

public sealed class StorageDownTests : IAsyncLifetime
{
    private readonly DownGate _gate = new();
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync(replace: services => services.AddGatedStorage(_gate));

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData("store.create")]
    [InlineData("queue.enqueue")]
    public async Task Generate_StoreOrQueueDown_Is503AndNotHalfAccepted(string what)
    {
        _gate.IsDown = call => call == what;
        using var response = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "k"));

        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("Nothing was accepted", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("Retry-After"));

        _gate.IsDown = _ => false;
        using var list = await _door.Http.GetAsync("/api/audio");
        Assert.Empty((await TestFrontDoor.JsonOf(list)).GetProperty("items").EnumerateArray());
        Assert.Empty(_door.Endpoint.Jobs);
        // The caller does what Retry-After says, with the same key.
        using var again = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "k"));
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        await _door.UntilAsync((await TestFrontDoor.JsonOf(again)).GetProperty("audio_id").GetString()!, "completed");
    }

    [Fact]
    public async Task Get_StoreDown_Is503()
    {
        _gate.IsDown = call => call == "store.get";
        using var response = await _door.Http.GetAsync("/api/audio/00000000-0000-7000-8000-000000000000");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Ready_StoreDown_Is503AndNamesIt()
    {
        _gate.IsDown = call => call == "store.check";
        using var response = await _door.Http.GetAsync("/api/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var health = await TestFrontDoor.JsonOf(response);
        Assert.Contains("store.check is down", health.GetProperty("dependencies").GetProperty("jobs").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispatch_StoreFallsOverInTheMiddle_JobEndsWhenItIsBack()
    {
        await using var door = await TestFrontDoor.StartAsync(
            new() { ["AUDIOREPROMPT__DISPATCH__VISIBILITY_TIMEOUT_SECONDS"] = "1" }, services => services.AddGatedStorage(_gate));
        var failures = 0;
        _gate.IsDown = call => call == "store.update Scoring" && Interlocked.Increment(ref failures) <= 2;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");
        Assert.True(failures > 2);
    }
}

using AudioReprompt.Checkpoints;
using AudioReprompt.Jobs;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Scoring;

/// <summary>Scorers that stop, fail or meet others. That one is killed at each of its awaits is in KilledDispatcherTests.</summary>
public sealed class ScorerFaultTests : IDisposable
{
    private readonly FakeClap _clap = new(TestFrontDoor.Prompt);

    public void Dispose() => _clap.Dispose();

    [Fact]
    public async Task TwoFrontDoors_OneStorage_EachJobIsScoredOnce()
    {
        using var folder = new TemporaryFolder();
        await using var endpoint = await FakeEndpoint.StartAsync();
        await using var one = await StartAsync(endpoint, folder);
        await using var other = await StartAsync(endpoint, folder);
        _clap.Close();
        var ids = new List<string>();
        for (var index = 0; index < 8; index++) ids.Add(await (index % 2 == 0 ? one : other).GenerateAsync());
        foreach (var id in ids) await one.UntilAsync(id, "scoring");
        _clap.Open();
        foreach (var id in ids) await one.UntilAsync(id, "completed");

        Assert.Equal(ids.Count, _clap.Recordings);
        foreach (var id in ids) Assert.Equal(1, (await JobAsync(one, id)).ScoringAttempts);
    }

    [Fact]
    public async Task FrontDoor_StoppedWhileItScores_AnotherOneGoesOn()
    {
        using var folder = new TemporaryFolder();
        await using var endpoint = await FakeEndpoint.StartAsync();
        _clap.Close();
        string id;
        await using (var before = await StartAsync(endpoint, folder))
        {
            id = await before.GenerateAsync();
            await before.UntilAsync(id, _ => _clap.Recordings == 1);
        }

        _clap.Open();
        await using var after = await StartAsync(endpoint, folder);
        var answer = await after.UntilAsync(id, "completed");

        Assert.Equal(0.75, answer.GetProperty("clap_score").GetDouble(), 6);
        Assert.Equal((2, 2), (_clap.Recordings, (await JobAsync(after, id)).ScoringAttempts));
        Assert.Single(endpoint.Jobs);
    }

    [Fact]
    public async Task Job_ScorerThatAlwaysFails_IsCompletedWithTheReasonAfterTheLastAttempt()
    {
        _clap.Fault = new InvalidOperationException("boom");
        await using var door = await StartAsync(settings: new() { ["AUDIOREPROMPT__SCORING__MAX_ATTEMPTS"] = "2" });
        var answer = await door.UntilAsync(await door.GenerateAsync(), "completed");

        Assert.Equal("Scoring failed 2 times, the last time: boom", answer.GetProperty("clap_reason").GetString());
        Assert.Equal("none", answer.GetProperty("scoring").GetProperty("engine").GetString());
        Assert.Equal(2, _clap.Recordings);
    }

    [Fact]
    public async Task Job_WhoseScorersDied_IsCompletedWithTheReasonAndNotTriedAgain()
    {
        await using var door = await StartAsync();
        var at = DateTimeOffset.UtcNow;
        var job = TestJobs.New(at).Dispatch(at).Run(at).Score(TestJobs.Result, at).BeginScoring(at).BeginScoring(at).BeginScoring(at);
        await door.Services.GetRequiredService<IJobStore>().CreateAsync(job, CancellationToken.None);
        await door.Services.GetRequiredService<IJobQueue>().EnqueueAsync(job.Id, TimeSpan.Zero, CancellationToken.None);
        var answer = await door.UntilAsync(job.Id.ToString(), "completed");

        Assert.Equal("Scoring was begun 3 times and never came to its end.", answer.GetProperty("scoring").GetProperty("reason").GetString());
        Assert.Equal(0, _clap.Recordings);
    }

    [Fact]
    public async Task Job_SlowScorer_HoldsNoDispatchSlot()
    {
        await using var door = await StartAsync(settings: new() { ["AUDIOREPROMPT__DISPATCH__MAX_IN_FLIGHT"] = "1" });
        _clap.Close();
        var first = await door.GenerateAsync();
        await door.UntilAsync(first, _ => _clap.Recordings == 1);
        var second = await door.GenerateAsync();

        await door.UntilAsync(second, "scoring");
        _clap.Open();
        await door.UntilAsync(second, "completed");
    }

    [Fact]
    public async Task Start_AudioboxFolderThatIsNone_IsRefusedWithItsName()
    {
        var refusal = await Assert.ThrowsAsync<CheckpointException>(
            () => TestFrontDoor.StartAsync(new() { ["AUDIOREPROMPT__SCORING__AUDIOBOX_MODEL"] = "/nowhere/audiobox" }));
        Assert.Contains("/nowhere/audiobox", refusal.Message, StringComparison.Ordinal);
    }

    private Task<TestFrontDoor> StartAsync(FakeEndpoint? endpoint = null, TemporaryFolder? folder = null, Dictionary<string, string>? settings = null) =>
        TestFrontDoor.StartAsync(settings, services => services.AddSingleton<IClap>(_clap), endpoint, folder);

    private static async Task<AudioJob> JobAsync(TestFrontDoor door, string id) =>
        (await door.Services.GetRequiredService<IJobStore>().GetAsync(Guid.Parse(id), CancellationToken.None))!.Job;
}

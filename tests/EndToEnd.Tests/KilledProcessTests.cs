namespace AudioReprompt.Tests.EndToEnd;

/// <summary>kill −9 of either process, with real signals and real files.</summary>
public sealed class KilledProcessTests
{
    [Fact]
    public async Task Worker_KilledInTheMiddleOfAJob_JobIsDoneAgainAndEndsOnce()
    {
        await using var servers = new Servers();
        var worker = await servers.StartWorkerAsync();
        await servers.StartFrontDoorAsync();
        var id = await servers.GenerateAsync(300, seed: 1);
        await servers.UntilAsync(id, "running");
        worker.Kill();
        await worker.WaitForExitAsync(CancellationToken.None);
        await servers.StartWorkerAsync();

        var done = await servers.UntilAsync(id, "completed");
        Assert.Equal(300, done.GetProperty("duration_seconds").GetDouble());
        Assert.Equal(44 + (300 * 32_000 * 4), (await servers.Http.GetByteArrayAsync($"/api/audio/{id}/content")).Length);
        var metrics = await servers.Http.GetStringAsync("/metrics");
        Assert.Single(metrics.Split('\n'), line => line.StartsWith("audioreprompt_jobs_ended", StringComparison.Ordinal) && line.Contains("completed", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FrontDoor_KilledUnderLoad_LosesNothingThatWasAcknowledged()
    {
        await using var servers = new Servers();
        await servers.StartWorkerAsync();
        var acknowledged = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            var door = await servers.StartFrontDoorAsync();
            var callers = Enumerable.Range(0, 8).Select(async caller =>
            {
                try
                {
                    for (var index = 0; index < 1000; index++)
                    {
                        var id = await servers.GenerateAsync(1, seed: caller);
                        lock (acknowledged) acknowledged.Add(id);
                        lock (acknowledged)
                        {
                            if (acknowledged.Count % 40 == 0 && !door.HasExited) door.Kill();
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // Killed while it answered: this one was not acknowledged.
                }
            });
            await Task.WhenAll(callers);
            await door.WaitForExitAsync(CancellationToken.None);
        }

        await servers.StartFrontDoorAsync();
        Assert.True(acknowledged.Count >= 100, $"{acknowledged.Count} were acknowledged");
        foreach (var id in acknowledged) await servers.UntilAsync(id, "completed");
    }

    [Fact]
    public async Task FrontDoor_KilledWhileTheWorkerPlays_TheUploadIsMissedAndTheJobStillEnds()
    {
        await using var servers = new Servers();
        await servers.StartWorkerAsync();
        var door = await servers.StartFrontDoorAsync();
        var id = await servers.GenerateAsync(300, seed: 2);
        await servers.UntilAsync(id, "running");
        door.Kill();
        await door.WaitForExitAsync(CancellationToken.None);
        await servers.StartFrontDoorAsync();

        await servers.UntilAsync(id, "completed");
    }
}

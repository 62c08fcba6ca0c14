using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 53 to 55: concurrency.</summary>
public class ConcurrencyTests
{
    [Fact]
    public async Task P53_Handlers_ManyJobs_AreNeverMoreThanTheConcurrency()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions { Concurrency = _ => 3 });
        rig.Plane.Offer([.. Enumerable.Range(0, 9).Select(job => $$"""{"id":"j{{job}}","input":1}""")]);
        for (var job = 0; job < 9; job++)
        {
            await handler.StartedAsync();
            if (job >= 2) handler.Release();
        }

        handler.Release();
        handler.Release();
        for (var job = 0; job < 9; job++) await rig.Plane.NextAsync(Call.Done);
        Assert.Equal(3, handler.MostAtOnce);
    }

    [Fact]
    public async Task P54_Modifier_ChangesItsMind_IsHonoured()
    {
        var concurrency = 1;
        var asked = new List<int>();
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions
        {
            Concurrency = current =>
            {
                asked.Add(current);
                return Volatile.Read(ref concurrency);
            },
        });
        rig.Plane.OfferId("a");
        await handler.StartedAsync();
        await rig.Plane.NextAsync(Call.Take);

        // Up while it is full: it looks again within a second.
        Volatile.Write(ref concurrency, 3);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(1));
        Assert.StartsWith("/job-take-batch/w1?gpu=NVIDIA+L4&batch_size=2&job_in_progress=1", (await rig.Plane.NextAsync(Call.Take)).Path);

        // Down below what runs: no take until jobs have ended.
        Volatile.Write(ref concurrency, 1);
        rig.Plane.Offer("""{"id":"b","input":1}""", """{"id":"c","input":1}""");
        await handler.StartedAsync();
        await handler.StartedAsync();
        handler.Release();
        handler.Release();
        await rig.Plane.NextAsync(Call.Done);
        await rig.Plane.NextAsync(Call.Done);
        Assert.False(rig.Plane.Has(Call.Take));
        handler.Release();
        Assert.StartsWith("/job-take/w1", (await rig.Plane.NextAsync(Call.Take)).Path);
        Assert.Equal([1, 3], asked.Distinct());
    }

    [Fact]
    public async Task P55_Modifier_ThrowsOrSaysZero_WorkerGoesOn()
    {
        var calls = 0;
        await using var rig = await PlatformRig.StartAsync(
            job => job.Input, new RigOptions { Concurrency = _ => ++calls == 1 ? 0 : throw new InvalidOperationException("who knows") });
        foreach (var job in (string[])["1", "2", "3"])
        {
            rig.Plane.OfferId($"j{job}", job);
            Assert.Equal($$"""{"output":{{job}}}""", await rig.Plane.NextBodyAsync());
        }

        Assert.Single(rig.Log.Split("The concurrency modifier failed")[1..]);
    }
}

using AudioReprompt.TestSupport;

namespace AudioReprompt.Hub;

/// <summary>Downloads that break on the way.</summary>
public sealed class ResumeTests
{
    private const int Size = 300_000;

    private static string Weights => $"/{HubRig.Weights}";

    private static string Tag => FakeHub.DeliveryTag(HubRig.Weights);

    [Fact]
    public async Task Pull_ConnectionDropsInTheMiddle_GoesOnFromThere()
    {
        await using var rig = await HubRig.StartAsync();
        BreakFirst(rig, 100_000);

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.Equal([(null, null), ("bytes=100000-", Tag)], rig.WeightRequests());
        Assert.InRange(Assert.Single(rig.Clock.Pauses).TotalSeconds, 0, 2);
    }

    [Fact]
    public async Task Pull_ServerIgnoresRange_StartsAnew()
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.KnowsRanges = false;
        BreakFirst(rig, 100_000);

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.Equal([(null, null), ("bytes=100000-", Tag)], rig.WeightRequests());
    }

    [Fact]
    public async Task Pull_ContentChangedMeanwhile_ConditionMakesItStartAnew()
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.Interfere = async (context, path, number) =>
        {
            if (path != Weights || number != 1) return false;
            // The beginning of something else, under another tag.
            await FakeHub.BreakAfterAsync(context, HubRig.Bytes(50_000, seed: 77), Size, "\"older\"");
            return true;
        };

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.Equal([(null, null), ("bytes=50000-", "\"older\"")], rig.WeightRequests());
    }

    [Fact]
    public async Task Pull_AfterACancelledOne_GoesOnFromItsPart()
    {
        await using var rig = await HubRig.StartAsync(HubRig.Model(weights: 1_000_000));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.PullAsync(
            report: progress =>
            {
                if (progress.File.Name == HubRig.Weights && progress.FileBytes > 0) stop.Cancel();
            },
            cancellationToken: stop.Token));
        var part = Assert.Single(Directory.EnumerateFiles(rig.BlobsFolder, "*.incomplete"));
        var length = new FileInfo(part).Length;
        Assert.False(File.Exists(Path.Combine(rig.Cache.Root, "models--acme--tiny-music", "refs", "main")));

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.InRange(length, 1, 999_999);
        // Nothing is known of the tag that the earlier process saw; the hash of the whole is the judge.
        Assert.Equal([(null, null), ($"bytes={length}-", null)], rig.WeightRequests());
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(Size)]
    [InlineData(Size + 1)]
    public async Task Pull_ForeignPart_IsThrownAwayAndTheFileFetchedWhole(int length)
    {
        await using var rig = await HubRig.StartAsync();
        LeavePart(rig, HubRig.Bytes(length, seed: 99));

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.Equal((null, null), rig.WeightRequests()[^1]);
    }

    [Fact]
    public async Task Pull_PartIsWholeAlready_FetchesNothing()
    {
        await using var rig = await HubRig.StartAsync();
        LeavePart(rig, rig.Hub.Files[HubRig.Weights]);

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.Empty(rig.WeightRequests());
    }

    [Fact]
    public async Task Pull_AnotherPartThanAskedFor_IsRefused()
    {
        await using var rig = await HubRig.StartAsync();
        LeavePart(rig, rig.Hub.Files[HubRig.Weights][..1000]);
        rig.Hub.Interfere = async (context, path, _) =>
        {
            if (path != Weights) return false;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes 2000-{Size - 1}/{Size}";
            await context.Response.Body.WriteAsync(rig.Hub.Files[HubRig.Weights].AsMemory(2000));
            return true;
        };

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.BadAnswer, exception.Fault);
        Assert.Contains("from byte 1000 and sent another part", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_EndsEarlyEachTime_SaysSoAfterAllTries()
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.Interfere = async (context, path, _) =>
        {
            if (path != Weights) return false;
            // No length announced, so that an early end looks like the end.
            await context.Response.Body.WriteAsync(rig.Hub.Files[HubRig.Weights].AsMemory(0, 1000));
            return true;
        };

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.Unreachable, exception.Fault);
        Assert.Contains("ended after 1000 of 300000 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1 + HubRetry.Retries, rig.WeightRequests().Count);
    }

    [Fact]
    public async Task Pull_LongDownloadThatBreaksOften_IsNotGivenUp()
    {
        // Each attempt brings 5 MB, more often than there are tries.
        const int length = 40_000_000, step = 5_000_000;
        await using var rig = await HubRig.StartAsync(HubRig.Model(length));
        rig.Hub.Interfere = async (context, path, number) =>
        {
            if (path != Weights || number * step >= length) return false;
            var content = rig.Hub.Files[HubRig.Weights];
            var from = (number - 1) * step;
            context.Response.StatusCode = from == 0 ? 200 : 206;
            if (from > 0) context.Response.Headers.ContentRange = $"bytes {from}-{length - 1}/{length}";
            // No length announced: exactly these bytes arrive, and then the end.
            await context.Response.Body.WriteAsync(content.AsMemory(from, step));
            return true;
        };

        await rig.PullAsync();

        rig.AssertWeightsAreWhole();
        Assert.Equal(length / step, rig.WeightRequests().Count);
        Assert.Empty(rig.Clock.Pauses);
    }

    [Fact]
    public async Task Pull_ServerStalls_IsAskedAgain()
    {
        await using var rig = await HubRig.StartAsync();
        var stalled = new TaskCompletionSource();
        rig.Hub.Interfere = async (context, path, number) =>
        {
            if (path != Weights || number != 1) return false;
            context.Response.ContentLength = Size;
            await context.Response.Body.WriteAsync(rig.Hub.Files[HubRig.Weights].AsMemory(0, 1000));
            await context.Response.Body.FlushAsync();
            await stalled.Task;
            context.Abort();
            return true;
        };

        await rig.PullAsync(report: progress =>
        {
            // On another thread: the report comes before the next read has begun to wait.
            if (progress.File.Name == HubRig.Weights && progress.FileBytes == 1000) ThreadPool.QueueUserWorkItem(_ => AdvanceUntilGivenUp(rig));
        });
        stalled.SetResult();

        rig.AssertWeightsAreWhole();
        Assert.True(rig.WeightRequests().Count >= 2);
        Assert.Equal("bytes=1000-", rig.WeightRequests()[1].Range);
    }

    /// <summary>Moves the clock past the limit until the pause before the next try shows that the read was given up.</summary>
    private static void AdvanceUntilGivenUp(HubRig rig)
    {
        while (rig.Clock.Pauses.IsEmpty)
        {
            rig.Clock.Advance(HubClient.StallTimeout);
            Thread.Yield();
        }
    }

    private static void BreakFirst(HubRig rig, int bytes) => rig.Hub.Interfere = async (context, path, number) =>
    {
        if (path != Weights || number != 1) return false;
        await FakeHub.BreakAfterAsync(context, rig.Hub.Files[HubRig.Weights].AsMemory(0, bytes), Size, Tag);
        return true;
    };

    private static void LeavePart(HubRig rig, byte[] bytes)
    {
        Directory.CreateDirectory(rig.BlobsFolder);
        File.WriteAllBytes(Path.Combine(rig.BlobsFolder, rig.Hub.BlobName(HubRig.Weights) + ".incomplete"), bytes);
    }
}

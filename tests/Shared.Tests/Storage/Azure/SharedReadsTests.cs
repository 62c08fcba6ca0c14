using AudioReprompt.Storage.Azure;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class SharedReadsTests : IDisposable
{
    private readonly List<TaskCompletionSource<string>> _reads = [];
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SharedReads<int, string> _shared;

    public SharedReadsTests() => _shared = new SharedReads<int, string>(_ =>
    {
        var read = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_reads) _reads.Add(read);
        _begun.Release();
        return read.Task;
    });

    public void Dispose() => _begun.Dispose();

    [Fact]
    public async Task ReadAsync_ManyWhileOneIsUnderWay_ShareOneThatBeginsAfterThem()
    {
        var first = _shared.ReadAsync(1, default);
        var begun = await BegunAsync();
        Task<string>[] others = [_shared.ReadAsync(1, default), _shared.ReadAsync(1, default), _shared.ReadAsync(1, default)];
        begun.SetResult("as it was");
        Assert.Equal("as it was", await first);

        (await BegunAsync()).SetResult("as it is");
        Assert.All(await Task.WhenAll(others), read => Assert.Equal("as it is", read));
        Assert.Equal(2, _reads.Count);
    }

    [Fact]
    public async Task ReadAsync_AfterTheLastHasEnded_ReadsAnew()
    {
        for (var number = 0; number < 3; number++)
        {
            var read = _shared.ReadAsync(1, default);
            (await BegunAsync()).SetResult($"{number}");
            Assert.Equal($"{number}", await read);
        }
    }

    [Fact]
    public async Task ReadAsync_OtherThings_DoNotWaitForEachOther()
    {
        var one = _shared.ReadAsync(1, default);
        var ofOne = await BegunAsync();
        var two = _shared.ReadAsync(2, default);
        (await BegunAsync()).SetResult("two");
        Assert.Equal("two", await two);
        ofOne.SetResult("one");
        Assert.Equal("one", await one);
    }

    [Fact]
    public async Task ReadAsync_OneOfThemGivesUp_TheOthersGetTheirs()
    {
        using var impatient = new CancellationTokenSource();
        var given = _shared.ReadAsync(1, impatient.Token);
        var begun = await BegunAsync();
        var next = _shared.ReadAsync(1, default);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        begun.SetResult("nobody's");
        (await BegunAsync()).SetResult("theirs");
        Assert.Equal("theirs", await next);
    }

    [Fact]
    public async Task ReadAsync_Fails_IsTheFaultOfThoseWhoSharedItAlone()
    {
        var failing = _shared.ReadAsync(1, default);
        var begun = await BegunAsync();
        var next = _shared.ReadAsync(1, default);
        begun.SetException(new IOException("away"));
        await Assert.ThrowsAsync<IOException>(() => failing);

        (await BegunAsync()).SetResult("back");
        Assert.Equal("back", await next);
    }

    private async Task<TaskCompletionSource<string>> BegunAsync()
    {
        Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(20)), "No read has begun.");
        lock (_reads) return _reads[^1];
    }
}

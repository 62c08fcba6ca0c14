using AudioReprompt.Storage;

namespace AudioReprompt.Tests.Storage;

/// <summary>What every <see cref="IUsageStore"/> must do. A test class of an implementation derives from this one.</summary>
public abstract class UsageStoreContract : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 11, 26);

    protected IUsageStore Usage { get; private set; } = null!;

    /// <summary>A store in which nothing is counted.</summary>
    protected abstract Task<IUsageStore> OpenAsync();

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => Usage = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task TryCountAsync_UpToTheLimit_CountsAndThenNoMore()
    {
        for (var song = 0; song < 3; song++) Assert.True(await Usage.TryCountAsync("ana", Today, 3, default));

        Assert.False(await Usage.TryCountAsync("ana", Today, 3, default));
        Assert.False(await Usage.TryCountAsync("ana", Today, 3, default));
        // Refused ones are not counted.
        Assert.True(await Usage.TryCountAsync("ana", Today, 4, default));
        Assert.False(await Usage.TryCountAsync("ana", Today, 4, default));
    }

    [Fact]
    public async Task TryCountAsync_ManyAtOnce_GrantsExactlyTheLimit()
    {
        var granted = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Usage.TryCountAsync("ana", Today, 25, default)));

        Assert.Equal(25, granted.Count(isGranted => isGranted));
    }

    [Fact]
    public async Task TryCountAsync_OtherCallerOrDay_IsCountedApart()
    {
        Assert.True(await Usage.TryCountAsync("ana", Today, 1, default));

        Assert.True(await Usage.TryCountAsync("ben/..", Today, 1, default));
        Assert.True(await Usage.TryCountAsync("ana", Today.AddDays(1), 1, default));
        Assert.False(await Usage.TryCountAsync("ana", Today, 1, default));
    }

    [Fact]
    public async Task PurgeAsync_Day_ForgetsThoseBeforeAndNotTheDay()
    {
        foreach (var day in new[] { Today.AddDays(-40), Today.AddDays(-1), Today }) Assert.True(await Usage.TryCountAsync("ana", day, 1, default));

        await Usage.PurgeAsync(Today, default);

        Assert.True(await Usage.TryCountAsync("ana", Today.AddDays(-40), 1, default));
        Assert.True(await Usage.TryCountAsync("ana", Today.AddDays(-1), 1, default));
        Assert.False(await Usage.TryCountAsync("ana", Today, 1, default));
    }

    [Fact]
    public Task TryCountAsync_NoLimit_IsAFaultOfTheCaller() =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Usage.TryCountAsync("ana", Today, 0, default));
}

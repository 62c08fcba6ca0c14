using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.RunPod;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Tests.FrontDoor.Dispatch;

public sealed class EndpointRoomTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new();

    private readonly ManualTimeProvider _clock = new();
    private FakeEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await FakeEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Fact]
    public async Task TryEnterAsync_ManyAtOnce_LetsInNoMoreThanThereIsRoomForAndAsksOnce()
    {
        _endpoint.Waiting = 3;
        using var room = Room(10);
        var entered = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => room.TryEnterAsync(default)));

        Assert.Equal((7, 1), (entered.Count(isIn => isIn), _endpoint.HealthLooks));
    }

    [Fact]
    public async Task TryEnterAsync_FullAndThenNot_LetsInAfterThePause()
    {
        _endpoint.Waiting = 10;
        using var room = Room(10);
        Assert.False(await room.TryEnterAsync(default));
        _endpoint.Waiting = 9;
        Assert.False(await room.TryEnterAsync(default));

        _clock.Advance(EndpointRoom.Pause);
        Assert.True(await room.TryEnterAsync(default));
        Assert.False(await room.TryEnterAsync(default));
        Assert.Equal(2, _endpoint.HealthLooks);
    }

    [Fact]
    public async Task TryEnterAsync_NoLimit_NeverAsks()
    {
        using var room = Room(0);
        Assert.True(await room.TryEnterAsync(default));
        Assert.Equal(0, _endpoint.HealthLooks);
    }

    [Fact]
    public async Task TryEnterAsync_EndpointAway_LetsInForTheStartToFind()
    {
        _endpoint.Status = 500;
        using var room = Room(1);
        Assert.True(await room.TryEnterAsync(default));
    }

    private EndpointRoom Room(int allowed)
    {
        var endpoint = new RunPodClient(Http, new Uri(_endpoint.Address), new RunPodOptions { Retries = 0 }, _clock);
        return new EndpointRoom(new DispatchOptions { MaxEndpointQueue = allowed }, endpoint, _clock, NullLogger<EndpointRoom>.Instance);
    }
}

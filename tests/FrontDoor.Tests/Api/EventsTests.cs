using System.Text.Json;
using AudioReprompt.Tests.FrontDoor.Support;

namespace AudioReprompt.Tests.FrontDoor.Api;

public sealed class EventsTests : IAsyncLifetime
{
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    private sealed record Event(string Name, int Id, string Status, double Progress);

    [Fact]
    public async Task Events_OfARunningJob_TellEveryStepUntilTheEnd()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, job => job.GetProperty("progress").GetDouble() > 0);
        await using var events = ReadAsync(id).GetAsyncEnumerator();

        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("state", "running", 0.25), (events.Current.Name, events.Current.Status, events.Current.Progress));
        await _door.Endpoint.FinishAsync(_door.Endpoint.Jobs.Single());
        var rest = new List<Event>();
        while (await events.MoveNextAsync()) rest.Add(events.Current);

        Assert.Equal(("end", "completed", 1.0), (rest[^1].Name, rest[^1].Status, rest[^1].Progress));
        Assert.Equal(rest.Select(item => item.Id).Order(), rest.Select(item => item.Id));
    }

    [Fact]
    public async Task Events_WithLastEventId_LeaveOutWhatWasSeen()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, job => job.GetProperty("progress").GetDouble() > 0);
        int seen;
        await using (var first = ReadAsync(id).GetAsyncEnumerator())
        {
            Assert.True(await first.MoveNextAsync());
            seen = first.Current.Id;
        }

        await using var second = ReadAsync(id, seen).GetAsyncEnumerator();
        await _door.Endpoint.FinishAsync(_door.Endpoint.Jobs.Single());
        Assert.True(await second.MoveNextAsync());
        Assert.True(second.Current.Id > seen);
    }

    [Fact]
    public async Task Events_OfAnEndedJob_SayTheEndAtOnce()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        var all = new List<Event>();
        await foreach (var item in ReadAsync(id, lastEventId: 1000)) all.Add(item);
        Assert.Equal("end", Assert.Single(all).Name);
    }

    private async IAsyncEnumerable<Event> ReadAsync(string id, int? lastEventId = null)
    {
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audio/{id}/events");
        if (lastEventId is { } last) request.Headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var response = await _door.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        var (name, number) = ("", 0);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("id: ", StringComparison.Ordinal)) number = int.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture);
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            using var data = JsonDocument.Parse(line[6..]);
            yield return new Event(name, number, data.RootElement.GetProperty("status").GetString()!, data.RootElement.GetProperty("progress").GetDouble());
        }
    }
}

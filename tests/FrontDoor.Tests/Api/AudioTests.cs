using System.Net;
using System.Net.Http.Headers;
using AudioReprompt.Tests.FrontDoor.Support;

namespace AudioReprompt.Tests.FrontDoor.Api;

/// <summary>Getting, listing and deleting.</summary>
public sealed class AudioTests : IAsyncLifetime
{
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task Get_WhileRunning_ShowsProgressAndAsksToComeBack()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();
        var answer = await _door.UntilAsync(id, job => job.GetProperty("progress").GetDouble() > 0);

        Assert.Equal(("running", 0.25), (answer.GetProperty("status").GetString(), answer.GetProperty("progress").GetDouble()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.GetProperty("audio_url").ValueKind);
        using var response = await _door.Http.GetAsync($"/api/audio/{id}");
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
    }

    [Fact]
    public async Task Get_AsBase64_HoldsTheWav()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var response = await _door.Http.GetAsync($"/api/audio/{id}?format=base64");
        var answer = await TestFrontDoor.JsonOf(response);
        Assert.Equal(TestWav.Make(1), answer.GetProperty("audio_base64").GetBytesFromBase64());
    }

    [Fact]
    public async Task GetContent_Range_IsThatPart()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        var wav = TestWav.Make(1);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audio/{id}/content") { Headers = { Range = new RangeHeaderValue(100, 199) } };
        using var response = await _door.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes 100-199/{wav.Length}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(wav[100..200], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task GetContent_RangeBeyondTheEnd_Is416()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audio/{id}/content") { Headers = { Range = new RangeHeaderValue(1 << 30, null) } };
        using var response = await _door.Http.SendAsync(request);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.RequestedRangeNotSatisfiable);
        Assert.Equal($"bytes */{TestWav.Make(1).Length}", response.Content.Headers.ContentRange!.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task GetContent_OfAnotherVersion_Is412()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audio/{id}/content") { Headers = { IfMatch = { new EntityTagHeaderValue("\"other\"") } } };
        using var response = await _door.Http.SendAsync(request);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task GetContent_KnownAlready_Is304()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var first = await _door.Http.GetAsync($"/api/audio/{id}/content");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/audio/{id}/content") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await _door.Http.SendAsync(request);
        Assert.Equal("audio/wav", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task GetContent_NotThereYet_Is409()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();
        using var response = await _door.Http.GetAsync($"/api/audio/{id}/content");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task List_ThreePages_NewestFirstWithoutGapsOrRepeats()
    {
        var ids = new List<string>();
        for (var index = 0; index < 7; index++) ids.Add(await _door.GenerateAsync());
        ids.Reverse();

        var listed = new List<string>();
        string? next = null;
        do
        {
            using var response = await _door.Http.GetAsync($"/api/audio?limit=3{(next is null ? "" : $"&before={next}")}");
            var page = await TestFrontDoor.JsonOf(response);
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("audio_id").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(ids, listed);
    }

    [Fact]
    public async Task Delete_EndedJob_IsGoneForEveryCall()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var deleted = await _door.SendAsync(HttpMethod.Delete, $"/api/audio/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        foreach (var path in new[] { "", "/content", "/events" })
        {
            using var response = await _door.Http.GetAsync($"/api/audio/{id}{path}");
            await TestFrontDoor.ProblemOf(response, HttpStatusCode.Gone);
        }

        using var again = await _door.SendAsync(HttpMethod.Delete, $"/api/audio/{id}");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        using var list = await _door.Http.GetAsync("/api/audio");
        Assert.Empty((await TestFrontDoor.JsonOf(list)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Delete_RunningJob_IsCancelledAtTheEndpointToo()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "running");
        using var deleted = await _door.SendAsync(HttpMethod.Delete, $"/api/audio/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var job = _door.Endpoint.Jobs.Single();
        Assert.True(job.WasCancelled);
        await _door.Endpoint.FinishAsync(job);
        Assert.Equal(410, job.UploadStatus);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?expires=1&signature=x")]
    [InlineData("?expires=99999999999&signature=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task PutContent_WithoutARightSignature_Is403(string query)
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "running");
        using var content = new ByteArrayContent(TestWav.Make(1));
        using var response = await _door.SendAsync(HttpMethod.Put, $"/api/audio/{id}/content{query}", content);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task PutContent_AnotherJobsSignature_Is403()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var mine = await _door.GenerateAsync();
        var other = await _door.GenerateAsync();
        await _door.UntilAsync(mine, "running");
        await _door.UntilAsync(other, "running");
        var stolen = _door.Endpoint.Jobs.Select(job => job.UploadUrl).Single(url => url.Contains(other, StringComparison.Ordinal)).Split('?')[1];
        using var content = new ByteArrayContent(TestWav.Make(1));
        using var response = await _door.SendAsync(HttpMethod.Put, $"/api/audio/{mine}/content?{stolen}", content);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task PutContent_AfterTheEnd_Is409()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var content = new ByteArrayContent([1, 2, 3]);
        using var response = await _door.SendAsync(HttpMethod.Put, _door.Endpoint.Jobs.Single().UploadUrl, content);

        await TestFrontDoor.ProblemOf(response, HttpStatusCode.Conflict);
        Assert.Equal(TestWav.Make(1), await _door.Http.GetByteArrayAsync($"/api/audio/{id}/content"));
    }

    [Fact]
    public async Task Score_OfAnotherEnginesMusic_Is404AndSaysWhy()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");

        using var response = await _door.Http.GetAsync($"/api/audio/{id}/score");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("the engine fake makes sound without notes", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Score_BeforeThereIsMusic_Is409()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await _door.GenerateAsync();

        using var response = await _door.Http.GetAsync($"/api/audio/{id}/score");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }
}

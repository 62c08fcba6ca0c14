using System.Net;
using System.Text;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Api;

/// <summary>The second table of the design's HTTP section, row by row, and what the framework would else answer in its own words.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData("{", "body")]
    [InlineData("""{"prompt":7}""", "prompt")]
    [InlineData("""{"prompt":"A spicy taco at a street stand","volume":11}""", "volume")]
    [InlineData("""{"prompt":"too short"}""", "prompt")]
    [InlineData("""{"prompt":"A spicy taco at a street stand","duration_seconds":0}""", "duration_seconds")]
    [InlineData("""{"prompt":"A spicy taco \u0007 at a street stand"}""", "prompt")]
    public async Task Generate_BadField_Is400ThatNamesItAndStoresNothing(string body, string field)
    {
        using var response = await _door.PostAsync("/api/audio/generate", body);

        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.BadRequest);
        Assert.NotEqual("", problem.GetProperty("errors").GetProperty(field)[0].GetString());
        using var list = await _door.Http.GetAsync("/api/audio");
        Assert.Empty((await TestFrontDoor.JsonOf(list)).GetProperty("items").EnumerateArray());
        Assert.Equal(0, await _door.Services.GetRequiredService<IJobQueue>().CountAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("/api/audio/generate")]
    [InlineData("/api/prompt/refine")]
    [InlineData("/generate-audio")]
    public async Task Post_BodyOver16KiB_Is413(string path)
    {
        using var response = await _door.PostAsync(path, $$"""{"prompt":"{{new string('a', 16 * 1024)}}"}""");
        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains("16384 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData(null)]
    public async Task Post_OtherContentType_Is415(string? type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(TestFrontDoor.Body()));
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await _door.SendAsync(HttpMethod.Post, "/api/audio/generate", content);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("/api/audio/00000000-0000-7000-8000-000000000000")]
    [InlineData("/api/audio/not-an-id")]
    [InlineData("/api/audio/00000000-0000-7000-8000-000000000000/content")]
    [InlineData("/api/audio/00000000-0000-7000-8000-000000000000/events")]
    [InlineData("/api/nothing")]
    public async Task Get_UnknownThing_Is404(string path)
    {
        using var response = await _door.Http.GetAsync(path);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Delete_UnknownId_Is404()
    {
        using var response = await _door.SendAsync(HttpMethod.Delete, "/api/audio/00000000-0000-7000-8000-000000000000");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Post_WhereOnlyGetIs_Is405ThatNamesWhatIsAllowed()
    {
        using var response = await _door.PostAsync("/api/audio", "{}");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.MethodNotAllowed);
        Assert.Contains("GET", response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/api/audio?limit=0", "limit")]
    [InlineData("/api/audio?limit=101", "limit")]
    [InlineData("/api/audio?limit=x", "limit")]
    [InlineData("/api/audio?before=x", "before")]
    public async Task List_BadQuery_Is400ThatNamesIt(string path, string field)
    {
        using var response = await _door.Http.GetAsync(path);
        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Get_BadFormat_Is400()
    {
        var id = await _door.GenerateAsync();
        using var response = await _door.Http.GetAsync($"/api/audio/{id}?format=mp3");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Generate_IdempotencyKeyTooLong_Is400ThatNamesIt()
    {
        using var response = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", new string('k', 201)));
        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("Idempotency-Key", out _));
    }

    [Theory]
    [InlineData("my-id_1.2", true)]
    [InlineData("two words", false)]
    [InlineData("<script>", false)]
    public async Task AnyAnswer_RequestId_IsTheCallersWhenItIsPlain(string given, bool kept)
    {
        using var response = await _door.SendAsync(HttpMethod.Get, "/api/health", null, ("X-Request-Id", given));
        Assert.Equal(kept, response.Headers.GetValues("X-Request-Id").Single() == given);
    }
}

using System.Net;
using AudioReprompt.Tests.FrontDoor.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Api;

/// <summary>Keys, rate limit, origins, and what is open to all.</summary>
public sealed class AccessTests
{
    private static readonly Dictionary<string, string> Keys = new() { ["AUDIOREPROMPT_API_KEYS"] = "key-of-ana, key-of-ben" };

    [Theory]
    [InlineData(null, null)]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("Authorization", "key-of-ana")]
    [InlineData("X-Api-Key", "key-of-an")]
    [InlineData("X-Api-Key", "key-of-ana, key-of-ben")]
    public async Task Generate_KeysConfiguredAndNoneOrAWrongOneGiven_Is401(string? header, string? value)
    {
        await using var door = await TestFrontDoor.StartAsync(Keys);
        using var response = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), header is null ? [] : [(header, value!)]);

        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.DoesNotContain("key-of", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization", "Bearer key-of-ana")]
    [InlineData("Authorization", "bearer key-of-ben")]
    [InlineData("X-Api-Key", "key-of-ben")]
    public async Task Generate_RightKey_IsAccepted(string header, string value)
    {
        await using var door = await TestFrontDoor.StartAsync(Keys);
        using var response = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), (header, value));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task WithKeys_HealthDocumentAndPageAreOpenAndTheRestIsNot()
    {
        await using var door = await TestFrontDoor.StartAsync(Keys);
        foreach (var path in new[] { "/api/health", "/api/health/ready", "/openapi/v1.json", "/docs/index.html", "/" })
        {
            using var open = await door.Http.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.OK), (path, open.StatusCode));
        }

        foreach (var path in new[] { "/api/audio", "/api/audio/x", "/api/audio/x/content", "/api/audio/x/events", "/metrics" })
        {
            using var closed = await door.Http.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, closed.StatusCode));
        }
    }

    /// <summary>An upload needs no key, so it must not be told to bring one.</summary>
    [Fact]
    public async Task WithKeys_UploadOfAnotherType_Is415()
    {
        await using var door = await TestFrontDoor.StartAsync(Keys);
        using var content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var response = await door.SendAsync(HttpMethod.Put, "/api/audio/x/content", content);
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task WithKeys_AudioUrlCarriesItsOwnRight()
    {
        await using var door = await TestFrontDoor.StartAsync(Keys);
        using var accepted = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("X-Api-Key", "key-of-ana"), ("Prefer", "wait=20"));
        var id = (await TestFrontDoor.JsonOf(accepted)).GetProperty("audio_id").GetString();
        using var shown = await door.SendAsync(HttpMethod.Get, $"/api/audio/{id}", null, ("X-Api-Key", "key-of-ana"));
        var url = (await TestFrontDoor.JsonOf(shown)).GetProperty("audio_url").GetString()!;

        Assert.Equal(TestWav.Make(1), await door.Http.GetByteArrayAsync(url));
        using var forged = await door.Http.GetAsync(url.Replace("signature=", "signature=x", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        using var byKey = await door.SendAsync(HttpMethod.Get, $"/api/audio/{id}/content", null, ("X-Api-Key", "key-of-ben"));
        Assert.Equal(HttpStatusCode.OK, byKey.StatusCode);
    }

    [Fact]
    public async Task Generate_OverTheLimit_Is429WithRetryAfterAndOnlyForThatCaller()
    {
        await using var door = await TestFrontDoor.StartAsync(new(Keys) { ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "3" });
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        for (var index = 0; index < 3; index++)
        {
            using var good = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("X-Api-Key", "key-of-ana"));
            Assert.Equal(HttpStatusCode.Accepted, good.StatusCode);
        }

        using var tooMany = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("X-Api-Key", "key-of-ana"));
        await TestFrontDoor.ProblemOf(tooMany, HttpStatusCode.TooManyRequests);
        Assert.InRange(int.Parse(tooMany.Headers.GetValues("Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        using var other = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("X-Api-Key", "key-of-ben"));
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        using var look = await door.SendAsync(HttpMethod.Get, "/api/audio", null, ("X-Api-Key", "key-of-ana"));
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
    }

    [Fact]
    public async Task Generate_TodaysSongsUsedUp_Is429UntilTomorrowForThatCallerOnly()
    {
        var clock = new FixedTimeProvider(new DateTimeOffset(2026, 11, 26, 22, 29, 30, TimeSpan.Zero));
        await using var door = await TestFrontDoor.StartAsync(
            new(Keys) { ["AUDIOREPROMPT__API__SONGS_PER_DAY"] = "2" }, services => services.AddSingleton<TimeProvider>(clock));
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ana", "first"));
        // The same request again is no song more.
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ana", "first"));
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ana", "second"));

        using var refused = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("X-Api-Key", "key-of-ana"));
        var problem = await TestFrontDoor.ProblemOf(refused, HttpStatusCode.TooManyRequests);
        Assert.Equal(
            "Your songs of today (2) are used up; the next ones can be asked for from 00:00 UTC, in 1 h 30 min.", problem.GetProperty("detail").GetString());
        Assert.Equal("5430", refused.Headers.GetValues("Retry-After").Single());
        using var now = await door.PostAsync("/generate-audio", TestFrontDoor.Body(), ("X-Api-Key", "key-of-ana"));
        Assert.Equal(HttpStatusCode.TooManyRequests, now.StatusCode);
        // What was accepted can still be repeated, and others have their own.
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ana", "second"));
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ben", "first"));
        using var bad = await door.PostAsync("/api/audio/generate", "{}", ("X-Api-Key", "key-of-ben"));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ben", "second"));

        clock.Now = clock.Now.AddHours(2);
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("key-of-ana", "third"));

        async Task<HttpStatusCode> AskAsync(string key, string idempotencyKey)
        {
            using var answer = await door.PostAsync(
                "/api/audio/generate", TestFrontDoor.Body(), ("X-Api-Key", key), ("Idempotency-Key", idempotencyKey));
            return answer.StatusCode;
        }
    }

    private sealed class FixedTimeProvider(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Theory]
    [InlineData("https://app.example.org", "https://app.example.org")]
    [InlineData("https://evil.example.org", null)]
    public async Task Preflight_Origin_IsAllowedAsConfigured(string origin, string? allowed)
    {
        await using var door = await TestFrontDoor.StartAsync(new() { ["AUDIOREPROMPT__API__CORS_ORIGINS"] = "https://app.example.org" });
        using var response = await door.SendAsync(
            HttpMethod.Options, "/api/audio/generate", null, ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-api-key"));
        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task Preflight_WithKeys_NeedsNone()
    {
        await using var door = await TestFrontDoor.StartAsync(new(Keys) { ["AUDIOREPROMPT__API__CORS_ORIGINS"] = "*" });
        using var response = await door.SendAsync(
            HttpMethod.Options, "/api/audio/generate", null, ("Origin", "https://any.example.org"), ("Access-Control-Request-Method", "POST"));
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }
}

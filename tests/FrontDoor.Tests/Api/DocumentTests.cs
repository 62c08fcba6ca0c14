using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.FrontDoor.Api;

public sealed class DocumentTests : IAsyncLifetime
{
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData("/api/audio/generate", "post", "202")]
    [InlineData("/api/audio/{id}", "get", "200")]
    [InlineData("/api/audio/{id}", "delete", "204")]
    [InlineData("/api/audio/{id}/content", "get", "206")]
    [InlineData("/api/audio/{id}/events", "get", "200")]
    [InlineData("/api/audio/{id}/score", "get", "200")]
    [InlineData("/api/audio", "get", "200")]
    [InlineData("/api/prompt/refine", "post", "200")]
    [InlineData("/api/runpod/webhook/{id}", "post", "200")]
    [InlineData("/api/health", "get", "200")]
    [InlineData("/api/health/ready", "get", "503")]
    [InlineData("/generate-audio", "post", "200")]
    public async Task OpenApi_EveryCallOfTheDesign_IsInTheDocument(string path, string method, string status)
    {
        var paths = (await DocumentAsync()).GetProperty("paths");
        var operation = paths.GetProperty(path).GetProperty(method);
        Assert.True(operation.GetProperty("responses").TryGetProperty(status, out _));
        Assert.NotEqual("", operation.GetProperty("summary").GetString());
    }

    [Fact]
    public async Task OpenApi_GenerateBody_SaysTheLimits()
    {
        var schema = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("GenerateBody");
        var properties = schema.GetProperty("properties");
        Assert.Equal((16, 800), (properties.GetProperty("prompt").GetProperty("minLength").GetInt32(), properties.GetProperty("prompt").GetProperty("maxLength").GetInt32()));
        Assert.Equal((1, 300), (properties.GetProperty("duration_seconds").GetProperty("minimum").GetInt32(), properties.GetProperty("duration_seconds").GetProperty("maximum").GetInt32()));
        Assert.Equal(["prompt"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData("AudioAnswer", "clap_score", "clap_score_raw", "clap_reason", "taste_scores", "scoring", "aesthetics")]
    [InlineData("TasteScore", "probability", "logit")]
    [InlineData("ScoringFacts", "engine", "model", "windows", "long_audio", "logit_scale", "milliseconds", "reason")]
    [InlineData("AestheticScores", "loudness_lufs", "true_peak_dbtp", "clipped_share", "silence_share", "key_clarity", "beat_clarity", "bandwidth_hz", "audiobox", "reasons")]
    [InlineData("AudioboxScores", "production_quality", "production_complexity", "content_enjoyment", "content_usefulness", "model", "windows")]
    public async Task OpenApi_FieldsOfScores_AreAllDescribed(string schema, params string[] fields)
    {
        var properties = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties");
        foreach (var field in fields)
        {
            Assert.True(
                properties.GetProperty(field).TryGetProperty("description", out var description) && description.GetString()!.EndsWith('.'),
                $"{schema}.{field}: {properties.GetProperty(field)}");
        }

        if (schema != "AudioAnswer") Assert.Equal(fields.Order(), properties.EnumerateObject().Select(property => property.Name).Order());
    }

    /// <summary>The page's types are made from the file, so that a change of the API that the page does not follow fails its build.</summary>
    [Fact]
    public async Task OpenApi_TheFileOfThePage_IsThisDocument()
    {
        var live = JsonNode.Parse((await DocumentAsync()).GetRawText())!.AsObject();
        live.Remove("servers");
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "web", "openapi.json")));
        Assert.True(JsonNode.DeepEquals(live, file), "web/openapi.json is not what the front door serves; write it anew: ./audioreprompt openapi -o web/openapi.json");
    }

    [Fact]
    public async Task OpenApi_Operations_HaveNamesOfTheirOwn()
    {
        var names = (await DocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString())
            .ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public async Task Docs_ThePage_IsServed()
    {
        using var response = await _door.Http.GetAsync("/docs/index.html");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("swagger-ui", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AfterAJob_CountIt()
    {
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");
        using var response = await _door.Http.GetAsync("/metrics");
        Assert.StartsWith("text/plain", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.Contains("audioreprompt_jobs_accepted", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_WorkerDown_IsDegradedAndNamesIt()
    {
        using var good = await _door.Http.GetAsync("/api/health/ready");
        Assert.Equal("ok", (await TestFrontDoor.JsonOf(good)).GetProperty("status").GetString());
        _door.Endpoint.Status = 503;
        using var bad = await _door.Http.GetAsync("/api/health/ready");

        Assert.Equal(HttpStatusCode.OK, bad.StatusCode);
        var health = await TestFrontDoor.JsonOf(bad);
        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Equal("unavailable", health.GetProperty("dependencies").GetProperty("worker").GetProperty("status").GetString());
        Assert.Equal("ok", health.GetProperty("dependencies").GetProperty("jobs").GetProperty("status").GetString());
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var response = await _door.Http.GetAsync("/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await TestFrontDoor.JsonOf(response);
    }
}

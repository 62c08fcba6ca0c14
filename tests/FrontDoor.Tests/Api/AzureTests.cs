using System.Net;
using System.Text.Json.Nodes;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.FrontDoor.Api;

/// <summary>The front door with <c>storage.kind: azure</c>, on Azurite.</summary>
public sealed class AzureTests
{
    [Fact]
    public async Task Job_UploadedToTheBlobStore_EndsAndItsContentIsARedirectThere()
    {
        var logs = new EveryLine();
        await using var door = await StartAsync(logs);
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");

        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = door.Http.BaseAddress };
        using var redirect = await direct.GetAsync($"/api/audio/{id}/content");
        var content = await door.Http.GetByteArrayAsync($"/api/audio/{id}/content");
        using var inline = await door.Http.GetAsync($"/api/audio/{id}?format=base64");

        var job = door.Endpoint.Jobs.Single();
        Assert.Equal((int)HttpStatusCode.Created, job.UploadStatus);
        Assert.StartsWith($"http://127.0.0.1:", job.UploadUrl, StringComparison.Ordinal);
        Assert.Contains("&sp=c&sig=", job.UploadUrl, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, redirect.StatusCode);
        Assert.Equal("no-store", redirect.Headers.CacheControl!.ToString());
        Assert.Contains("&sp=r&", redirect.Headers.Location!.Query, StringComparison.Ordinal);
        Assert.Equal(TestWav.Make(1), content);
        Assert.Equal(Convert.ToBase64String(content), (await TestFrontDoor.JsonOf(inline)).GetProperty("audio_base64").GetString());
        // The right to write or read is in no line, whatever the level.
        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => line.Contains("sig=", StringComparison.Ordinal) || line.Contains(Azurite.AccountKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Job_InlineAudio_IsStoredToo()
    {
        await using var door = await StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.CompleteInline;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");

        Assert.Equal(TestWav.Make(1), await door.Http.GetByteArrayAsync($"/api/audio/{id}/content"));
    }

    /// <summary>The upload address creates and never replaces: without making room, the second attempt would find the first one's WAV for ever.</summary>
    [Fact]
    public async Task Job_FirstUploadIsNotUsable_SecondAttemptBringsAnother()
    {
        await using var door = await StartAsync();
        var tampered = 0;
        door.Endpoint.Tamper = output =>
        {
            if (Interlocked.Increment(ref tampered) == 1) output["audio_wav_size"] = JsonValue.Create(17);
        };
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");

        Assert.Equal([201, 201], door.Endpoint.Jobs.Select(job => job.UploadStatus));
    }

    [Fact]
    public async Task DeleteAudio_CompletedJob_RemovesItsBlob()
    {
        await using var door = await StartAsync();
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");

        using var deleted = await door.Http.DeleteAsync($"/api/audio/{id}");
        using var gone = await door.Http.GetAsync($"/api/audio/{id}/content");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Gone), (deleted.StatusCode, gone.StatusCode));
        Assert.Null(await door.Services.GetRequiredService<IAudioStore>().OpenReadAsync(Guid.Parse(id), CancellationToken.None));
    }

    [Fact]
    public async Task GenerateAudio_AccountIsGone_Is503AndReadinessNamesIt()
    {
        var azurite = await Azurite.StartAsync();
        await using var door = await TestFrontDoor.StartAsync(SettingsFor(azurite));
        await azurite.DisposeAsync();

        using var refused = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body());
        using var ready = await door.Http.GetAsync("/api/health/ready");

        var problem = await TestFrontDoor.ProblemOf(refused, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("in Azure cannot be reached", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    private static async Task<TestFrontDoor> StartAsync(EveryLine? logs = null)
    {
        var settings = SettingsFor(await Azurite.SharedAsync());
        if (logs is null) return await TestFrontDoor.StartAsync(settings);
        settings["AUDIOREPROMPT__LOGGING__LEVEL"] = "trace";
        return await TestFrontDoor.StartAsync(settings, services => services.AddSingleton<ILoggerProvider>(logs));
    }

    private static Dictionary<string, string> SettingsFor(Azurite azurite)
    {
        var storage = azurite.NewStorage();
        return new()
        {
            ["AUDIOREPROMPT__STORAGE__KIND"] = "azure",
            ["AUDIOREPROMPT__STORAGE__AZURE_NAME_PREFIX"] = storage.AzureNamePrefix,
            ["AZURE_STORAGE_CONNECTION_STRING"] = storage.AzureConnectionString,
        };
    }
}

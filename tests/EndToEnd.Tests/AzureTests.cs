using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary>Front door, worker and composer as processes, with everything they keep in a storage account (Azurite).</summary>
public sealed class AzureTests
{
    [Fact]
    public async Task Song_StorageInAzure_IsMadeUploadedAndServedFromThere()
    {
        var storage = (await Azurite.SharedAsync()).NewStorage();
        await using var servers = new Servers(new Dictionary<string, string>
        {
            ["AUDIOREPROMPT__STORAGE__KIND"] = "azure",
            ["AUDIOREPROMPT__STORAGE__AZURE_NAME_PREFIX"] = storage.AzureNamePrefix,
            ["AZURE_STORAGE_CONNECTION_STRING"] = storage.AzureConnectionString,
        });
        await servers.StartWorkerAsync();
        var door = await servers.StartFrontDoorAsync();
        var id = await servers.GenerateAsync(5, seed: 3);

        var done = await servers.UntilAsync(id, "completed");

        // Uploaded, not sent inline: the worker timed it.
        Assert.True(done.GetProperty("timings").TryGetProperty("upload", out _));
        using var answer = await servers.Http.GetAsync($"/api/audio/{id}/content");
        Assert.Equal($"/devstoreaccount1/{storage.AzureNamePrefix}audio/{id}.wav", answer.RequestMessage!.RequestUri!.AbsolutePath);
        using var wav = new MemoryStream(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(5, WavHeader.Read(wav).DurationSeconds);

        // Another front door on the same account goes on from what the first one kept.
        door.Kill();
        await door.WaitForExitAsync(CancellationToken.None);
        await servers.StartFrontDoorAsync();
        Assert.Equal("completed", (await servers.UntilAsync(id, "completed")).GetProperty("status").GetString());
    }
}

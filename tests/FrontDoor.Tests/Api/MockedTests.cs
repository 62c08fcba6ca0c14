using System.Net;
using AudioReprompt.Audio;
using AudioReprompt.Tests.FrontDoor.Support;

namespace AudioReprompt.Tests.FrontDoor.Api;

public sealed class MockedTests
{
    private static readonly Dictionary<string, string> Mocked = new() { ["MOCKED_RESPONSE"] = "true" };

    [Fact]
    public async Task GenerateAudioNow_Mocked_AnswersFromTheComposerWithoutAWorker()
    {
        await using var door = await TestFrontDoor.StartAsync(Mocked);
        door.Endpoint.Status = 500;
        using var response = await door.PostAsync("/generate-audio", $$"""{"prompt":"{{TestFrontDoor.Prompt}}"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var wav = WavHeader.Read(new MemoryStream((await TestFrontDoor.JsonOf(response)).GetProperty("audio_base64").GetBytesFromBase64()));
        Assert.Equal((32_000, 2, 10.0), (wav.SampleRate, wav.Channels, wav.DurationSeconds));
        Assert.Empty(door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Generate_Mocked_IsCompletedAtOnceAndSaysSoInEngine()
    {
        await using var door = await TestFrontDoor.StartAsync(Mocked);
        using var response = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body());
        var accepted = await TestFrontDoor.JsonOf(response);
        Assert.Equal("completed", accepted.GetProperty("status").GetString());
        var answer = await door.UntilAsync(accepted.GetProperty("audio_id").GetString()!, "completed");
        Assert.Equal("composer (mocked)", answer.GetProperty("engine").GetString());
        Assert.Equal(44 + (32_000 * 4), (await door.Http.GetByteArrayAsync(answer.GetProperty("audio_url").GetString())).Length);
    }
}

using System.Net;
using AudioReprompt.Audio;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;

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
    public async Task Generate_Mocked_HasItsMusicAtOnceAndSaysSoInEngine()
    {
        await using var door = await TestFrontDoor.StartAsync(Mocked);
        using var response = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body());
        var accepted = await TestFrontDoor.JsonOf(response);
        Assert.Equal("scoring", accepted.GetProperty("status").GetString());
        using var content = await door.Http.GetAsync($"/api/audio/{accepted.GetProperty("audio_id").GetString()}/content");
        Assert.Equal(HttpStatusCode.OK, content.StatusCode);
        var answer = await door.UntilAsync(accepted.GetProperty("audio_id").GetString()!, "completed");
        Assert.Equal("composer (mocked)", answer.GetProperty("engine").GetString());
        Assert.Equal("acoustic", answer.GetProperty("scoring").GetProperty("engine").GetString());
        Assert.Equal(44 + (32_000 * 4), (await door.Http.GetByteArrayAsync(answer.GetProperty("audio_url").GetString())).Length);
    }

    [Theory]
    [InlineData("store.create")]
    [InlineData("queue.enqueue")]
    public async Task Generate_MockedAndStorageDown_LeavesNoAudio(string what)
    {
        var gate = new DownGate { IsDown = call => call == what };
        using var folder = new TemporaryFolder();
        await using var door = await TestFrontDoor.StartAsync(Mocked, services => services.AddGatedStorage(gate), folder: folder);
        using var refused = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.wav", SearchOption.AllDirectories));

        gate.IsDown = _ => false;
        await door.GenerateAsync();
        Assert.Single(Directory.EnumerateFiles(folder.Path, "*.wav", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Score_OfTheComposersMusic_IsAStandardMidiFile()
    {
        await using var door = await TestFrontDoor.StartAsync(Mocked);
        using var generated = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body());
        var id = (await TestFrontDoor.JsonOf(generated)).GetProperty("audio_id").GetString();

        using var response = await door.Http.GetAsync($"/api/audio/{id}/score");

        Assert.Equal("audio/midi", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"audioreprompt-{id}.mid", response.Content.Headers.ContentDisposition!.FileName);
        var midi = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("MThd"u8, midi.AsSpan(0, 4));
        Assert.Equal(midi, await door.Http.GetByteArrayAsync($"/api/audio/{id}/score"));
    }
}

using System.Net;
using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Jobs;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Scoring;

/// <summary>What a caller sees of scores, from the accepted request to the completed job.</summary>
public sealed class ScoringTests : IDisposable
{
    private static readonly string[] Tastes = ["sweet", "sour", "salty", "bitter", "umami", "spicy"];

    private readonly FakeClap _clap = new(TestFrontDoor.Prompt);

    public void Dispose() => _clap.Dispose();

    [Fact]
    public async Task Completed_WithClap_HasCosinesOfBothPromptsAndASoftmaxOverTheTastes()
    {
        await using var door = await StartAsync();
        var answer = await door.UntilAsync(await door.GenerateAsync(), "completed");

        Assert.Equal((0.75, 0.25), (answer.GetProperty("clap_score").GetDouble(), answer.GetProperty("clap_score_raw").GetDouble()), Nearly);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("clap_reason").ValueKind);
        var tastes = answer.GetProperty("taste_scores");
        Assert.Equal(Tastes, tastes.EnumerateObject().Select(taste => taste.Name));
        var other = 1 / (Math.Exp(5) + 5);
        Assert.Equal((5.0, Math.Exp(5) * other), TasteOf(tastes, "sweet"), Nearly);
        Assert.Equal((0.0, other), TasteOf(tastes, "bitter"), Nearly);
        var scoring = answer.GetProperty("scoring");
        Assert.Equal(("clap", "clap-fake"), (scoring.GetProperty("engine").GetString(), scoring.GetProperty("model").GetString()));
        Assert.Equal((2, "windows", 10.0), (scoring.GetProperty("windows").GetInt32(), scoring.GetProperty("long_audio").GetString(), scoring.GetProperty("logit_scale").GetDouble()));
        Assert.True(scoring.GetProperty("milliseconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Completed_WithoutClap_HasTastesByTheAcousticJudgeAndSaysWhyThereIsNoClapScore()
    {
        await using var door = await TestFrontDoor.StartAsync();
        var answer = await door.UntilAsync(await door.GenerateAsync(), "completed");

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("clap_score").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("clap_score_raw").ValueKind);
        Assert.Equal("No CLAP model is configured.", answer.GetProperty("clap_reason").GetString());
        Assert.Equal("acoustic", answer.GetProperty("scoring").GetProperty("engine").GetString());
        var tastes = answer.GetProperty("taste_scores");
        Assert.Equal(1, Tastes.Sum(taste => TasteOf(tastes, taste).Probability), 9);
        // The endpoint's WAV is half a second and more of a sine at half of full scale.
        var aesthetics = answer.GetProperty("aesthetics");
        Assert.Equal(-6.02, aesthetics.GetProperty("true_peak_dbtp").GetDouble(), 0.1);
        Assert.Equal((0.0, 0.0), (aesthetics.GetProperty("silence_share").GetDouble(), aesthetics.GetProperty("clipped_share").GetDouble()));
        Assert.Contains("scoring.audiobox_model", aesthetics.GetProperty("reasons").GetProperty("audiobox").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WhileScoring_HasTheAudioAlready()
    {
        await using var door = await StartAsync();
        _clap.Close();
        var id = await door.GenerateAsync();
        var answer = await door.UntilAsync(id, "scoring");

        Assert.Equal(TestWav.Make(1), await door.Http.GetByteArrayAsync(answer.GetProperty("audio_url").GetString()));
        Assert.Equal(TestWav.Make(1), (await GetAsync(door, $"/api/audio/{id}?format=base64")).GetProperty("audio_base64").GetBytesFromBase64());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("scoring").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("clap_reason").ValueKind);
        _clap.Open();
        Assert.Equal(0.75, (await door.UntilAsync(id, "completed")).GetProperty("clap_score").GetDouble(), 6);
    }

    [Fact]
    public async Task Events_OfAJob_TellOfScoringAndOfTheEnd()
    {
        await using var door = await StartAsync();
        _clap.Close();
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "scoring");
        using var response = await door.Http.GetAsync($"/api/audio/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var statuses = new List<string>();
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            using var data = JsonDocument.Parse(line[6..]);
            statuses.Add(data.RootElement.GetProperty("status").GetString()!);
            _clap.Open();
        }

        Assert.Equal(["scoring", "completed"], statuses.Distinct());
    }

    [Fact]
    public async Task Delete_WhileScoring_IsGoneAndStaysGone()
    {
        await using var door = await StartAsync();
        _clap.Close();
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, _ => _clap.Recordings == 1);
        using var deleted = await door.SendAsync(HttpMethod.Delete, $"/api/audio/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        _clap.Open();
        await EmptyAsync(door);
        using var response = await door.Http.GetAsync($"/api/audio/{id}");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.Gone);
        var stored = await door.Services.GetRequiredService<IJobStore>().GetAsync(Guid.Parse(id), CancellationToken.None);
        Assert.Equal((JobState.Cancelled, null), (stored!.Job.State, stored.Job.Scores));
        Assert.Equal(1, _clap.Recordings);
        Assert.False(door.Endpoint.Jobs.Single().WasCancelled);
    }

    [Fact]
    public async Task Generate_PreferWaitOverWhileScoring_AnswersTheAudioAndSaysScoring()
    {
        await using var door = await StartAsync();
        _clap.Close();
        using var response = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Prefer", "wait=1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await TestFrontDoor.JsonOf(response);
        Assert.Equal("scoring", answer.GetProperty("status").GetString());
        Assert.Equal(TestWav.Make(1), answer.GetProperty("audio_base64").GetBytesFromBase64());
        _clap.Open();
    }

    [Fact]
    public async Task GenerateAudioNow_ScorerBusy_AnswersWithTheAudioAllTheSame()
    {
        await using var door = await StartAsync();
        _clap.Close();
        using var response = await door.PostAsync("/generate-audio", $$"""{"prompt":"{{TestFrontDoor.Prompt}}"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TestWav.Make(10), (await TestFrontDoor.JsonOf(response)).GetProperty("audio_base64").GetBytesFromBase64());
        _clap.Open();
    }

    [Fact]
    public async Task Completed_SilentAudio_HasNoScoresAndSaysWhy()
    {
        await using var door = await StartAsync();
        var silence = WavFile.EncodePcm16(new float[TestWav.SampleRate], TestWav.SampleRate, 1);
        door.Endpoint.Behaviour = EndpointBehaviour.CompleteInline;
        door.Endpoint.Tamper = output => (output["audio_base64"], output["audio_wav_size"]) = (Convert.ToBase64String(silence), silence.Length);
        var answer = await door.UntilAsync(await door.GenerateAsync(), "completed");

        Assert.Equal("The recording is silent.", answer.GetProperty("clap_reason").GetString());
        Assert.Equal("The recording is silent.", answer.GetProperty("scoring").GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("taste_scores").ValueKind);
        var aesthetics = answer.GetProperty("aesthetics");
        Assert.Equal(1, aesthetics.GetProperty("silence_share").GetDouble());
        Assert.Equal(JsonValueKind.Null, aesthetics.GetProperty("true_peak_dbtp").ValueKind);
        Assert.Equal("The recording is silent.", aesthetics.GetProperty("reasons").GetProperty("true_peak_dbtp").GetString());
        Assert.Equal(0, _clap.Recordings);
    }

    [Fact]
    public async Task Completed_RecordingThatClapRefuses_SaysItsReason()
    {
        _clap.Fault = new InvalidDataException("Its vector has no direction.");
        await using var door = await StartAsync();
        var answer = await door.UntilAsync(await door.GenerateAsync(), "completed");

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("clap_score").ValueKind);
        Assert.Equal("Its vector has no direction.", answer.GetProperty("clap_reason").GetString());
        Assert.Equal("Its vector has no direction.", answer.GetProperty("scoring").GetProperty("reason").GetString());
        Assert.Equal(-6.02, answer.GetProperty("aesthetics").GetProperty("true_peak_dbtp").GetDouble(), 0.1);
    }

    [Fact]
    public async Task Completed_ScoringOff_SaysSo()
    {
        await using var door = await StartAsync(new() { ["AUDIOREPROMPT__SCORING__ENABLED"] = "false" });
        var answer = await door.UntilAsync(await door.GenerateAsync(), "completed");

        Assert.Equal(("none", "Scoring is off (scoring.enabled)."), (answer.GetProperty("scoring").GetProperty("engine").GetString(), answer.GetProperty("clap_reason").GetString()));
        Assert.Equal(0, _clap.Recordings);
    }

    [Fact]
    public async Task Get_JobCompletedBeforeScoresWereKept_SaysSo()
    {
        await using var door = await StartAsync();
        var old = TestJobs.Completed(DateTimeOffset.UtcNow) with { Scores = null };
        await door.Services.GetRequiredService<IJobStore>().CreateAsync(old, CancellationToken.None);

        var answer = await GetAsync(door, $"/api/audio/{old.Id}");
        Assert.Equal("The job was completed before scores were kept.", answer.GetProperty("clap_reason").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("clap_score").ValueKind);
    }

    private Task<TestFrontDoor> StartAsync(Dictionary<string, string>? settings = null) =>
        TestFrontDoor.StartAsync(settings, services => services.AddSingleton<IClap>(_clap));

    private static async Task<JsonElement> GetAsync(TestFrontDoor door, string path)
    {
        using var response = await door.Http.GetAsync(path);
        return await TestFrontDoor.JsonOf(response);
    }

    private static async Task EmptyAsync(TestFrontDoor door)
    {
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        while (await door.Services.GetRequiredService<IJobQueue>().CountAsync(limit.Token) > 0) await Task.Yield();
    }

    private static (double Logit, double Probability) TasteOf(JsonElement tastes, string taste) =>
        (tastes.GetProperty(taste).GetProperty("logit").GetDouble(), tastes.GetProperty(taste).GetProperty("probability").GetDouble());

    /// <summary>The vectors of the fake are floats.</summary>
    private static bool Nearly((double, double) one, (double, double) other) =>
        Math.Abs(one.Item1 - other.Item1) < 1e-5 && Math.Abs(one.Item2 - other.Item2) < 1e-5;
}

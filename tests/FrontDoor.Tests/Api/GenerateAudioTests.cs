using System.Net;
using AudioReprompt.Reprompt;
using AudioReprompt.Tests.FrontDoor.Support;

namespace AudioReprompt.Tests.FrontDoor.Api;

public sealed class GenerateAudioTests : IAsyncLifetime
{
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task Generate_GoodRequest_IsAcceptedAndSaysWhereToLook()
    {
        using var response = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body());

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var answer = await TestFrontDoor.JsonOf(response);
        var url = answer.GetProperty("status_url").GetString();
        Assert.Equal(url, response.Headers.Location!.ToString());
        Assert.Equal($"{_door.Http.BaseAddress}api/audio/{answer.GetProperty("audio_id").GetString()}", url);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        Assert.Equal("queued", answer.GetProperty("status").GetString());
        Assert.NotEqual("", answer.GetProperty("improved_prompt").GetString());
        Assert.NotEqual("", answer.GetProperty("explanation").GetProperty("summary").GetString());
    }

    [Fact]
    public async Task Generate_ThenPoll_EndsWithTheWorkersWav()
    {
        var id = await _door.GenerateAsync();
        var answer = await _door.UntilAsync(id, "completed");

        Assert.Equal(1, answer.GetProperty("progress").GetDouble());
        Assert.Equal(TestFrontDoor.Prompt, answer.GetProperty("prompt").GetString());
        Assert.Equal(("fake", 8000, 7L), (answer.GetProperty("engine").GetString(), answer.GetProperty("sample_rate").GetInt32(), answer.GetProperty("seed").GetInt64()));
        Assert.Equal(12.5, answer.GetProperty("timings").GetProperty("generate").GetDouble());
        var wav = await _door.Http.GetByteArrayAsync(answer.GetProperty("audio_url").GetString());
        Assert.Equal(TestWav.Make(1), wav);
    }

    [Fact]
    public async Task Generate_InlineWorker_StoresTheBase64()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.CompleteInline;
        var id = await _door.GenerateAsync();
        await _door.UntilAsync(id, "completed");

        Assert.Equal(TestWav.Make(1), await _door.Http.GetByteArrayAsync($"/api/audio/{id}/content"));
    }

    [Fact]
    public async Task Generate_TheInput_ReachesTheEndpointAsTheContractSays()
    {
        var id = await _door.GenerateAsync(TestFrontDoor.Body(more: ""","guidance_scale":5,"temperature":0.5,"top_k":10,"top_p":0.25"""));
        var done = await _door.UntilAsync(id, "completed");

        var input = _door.Endpoint.Jobs.Single().Input;
        Assert.Equal(done.GetProperty("improved_prompt").GetString(), input["prompt"]!.GetValue<string>());
        Assert.Equal((1.0, 7L), (input["duration_seconds"]!.GetValue<double>(), input["seed"]!.GetValue<long>()));
        Assert.Equal((5.0, 0.5), (input["guidance_scale"]!.GetValue<double>(), input["temperature"]!.GetValue<double>()));
        Assert.Equal((10, 0.25), (input["top_k"]!.GetValue<int>(), input["top_p"]!.GetValue<double>()));
        Assert.StartsWith($"{_door.Http.BaseAddress}api/audio/{id}/content?", input["upload_url"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotNull(input["plan"]!["tempo_bpm"]);
    }

    [Fact]
    public async Task Generate_WithoutReprompt_SendsThePromptAsItStands()
    {
        var id = await _door.GenerateAsync(TestFrontDoor.Body(more: ""","reprompt":false"""));
        var done = await _door.UntilAsync(id, "completed");

        var input = _door.Endpoint.Jobs.Single().Input;
        Assert.Equal(TestFrontDoor.Prompt, input["prompt"]!.GetValue<string>());
        // An engine that reads no texts has nothing of the taste either, and no choice is explained that nobody made.
        Assert.Equal(MusicalPlan.Neutral.TempoBpm, input["plan"]!["tempo_bpm"]!.GetValue<double>());
        var explanation = done.GetProperty("explanation");
        Assert.Equal("none", explanation.GetProperty("curator").GetString());
        Assert.Equal(0, explanation.GetProperty("choices").GetArrayLength());
        Assert.NotEqual(0, explanation.GetProperty("words").GetArrayLength());
        Assert.NotEqual("neutral", done.GetProperty("profile").GetProperty("dominant_taste").GetString());
    }

    [Fact]
    public async Task Generate_PreferWait_AnswersWithTheAudio()
    {
        using var response = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Prefer", "respond-async, wait=20"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("wait=20", response.Headers.GetValues("Preference-Applied").Single());
        var answer = await TestFrontDoor.JsonOf(response);
        Assert.Equal("completed", answer.GetProperty("status").GetString());
        Assert.Equal(TestWav.Make(1), answer.GetProperty("audio_base64").GetBytesFromBase64());
    }

    [Fact]
    public async Task Generate_PreferWaitForASlowWorker_IsAcceptedWhenTheTimeIsOver()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        using var response = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Prefer", "wait=1"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Generate_SameIdempotencyKeyAndBody_GivesTheSameAnswerAndOneJob()
    {
        using var first = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "taco-1"));
        var id = (await TestFrontDoor.JsonOf(first)).GetProperty("audio_id").GetString()!;
        await _door.UntilAsync(id, "completed");
        using var second = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "taco-1"));

        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Single(_door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Generate_SameIdempotencyKeyAndAnotherBody_Is422()
    {
        using var first = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "taco-2"));
        using var second = await _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(more: ""","top_k":1"""), ("Idempotency-Key", "taco-2"));
        await TestFrontDoor.ProblemOf(second, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Generate_SameIdempotencyKeyManyTimesAtOnce_MakesOneJob()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 24).Select(
            _ => _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "taco-3"))));

        var ids = new HashSet<string?>();
        foreach (var response in responses)
        {
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            ids.Add((await TestFrontDoor.JsonOf(response)).GetProperty("audio_id").GetString());
            response.Dispose();
        }

        Assert.Single(ids);
    }

    [Fact]
    public async Task GenerateAudioNow_EarlierClients_GetTheirShape()
    {
        using var response = await _door.PostAsync("/generate-audio", $$"""{"prompt":"{{TestFrontDoor.Prompt}}"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await TestFrontDoor.JsonOf(response);
        Assert.Equal(["audio_id", "improved_prompt", "audio_base64"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(TestWav.Make(10), answer.GetProperty("audio_base64").GetBytesFromBase64());
    }

    [Fact]
    public async Task GenerateAudioNow_FailingWorker_Is502WithTheReason()
    {
        _door.Endpoint.Behaviour = EndpointBehaviour.Fail;
        using var response = await _door.PostAsync("/generate-audio", $$"""{"prompt":"{{TestFrontDoor.Prompt}}"}""");
        var problem = await TestFrontDoor.ProblemOf(response, HttpStatusCode.BadGateway);
        Assert.Contains("out of memory", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refine_GoodPrompt_TellsTextPlanProfileAndWhyAndStoresNothing()
    {
        using var response = await _door.PostAsync("/api/prompt/refine", $$"""{"prompt":"{{TestFrontDoor.Prompt}}"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await TestFrontDoor.JsonOf(response);
        Assert.Equal("spicy", answer.GetProperty("profile").GetProperty("dominant_taste").GetString());
        Assert.True(answer.GetProperty("plan").GetProperty("tempo_bpm").GetDouble() > 100);
        Assert.NotEqual("", answer.GetProperty("text").GetString());
        string[] steps = ["understand", "profile", "plan", "write", "explain", "total"];
        Assert.Equal(steps, answer.GetProperty("timings").EnumerateObject().Select(step => step.Name));
        using var list = await _door.Http.GetAsync("/api/audio");
        Assert.Empty((await TestFrontDoor.JsonOf(list)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Refine_LanguageModelCannotBeReached_IsAnsweredOfflineAndSaysWhy()
    {
        await using var door = await TestFrontDoor.StartAsync(new()
        {
            ["MOONSHOT_API_KEY"] = "sk-test",
            ["AUDIOREPROMPT__REPROMPT__LLM_URL"] = "http://127.0.0.1:1/v1",
            ["AUDIOREPROMPT__REPROMPT__LLM_RETRIES"] = "0",
        });

        using var refined = await door.PostAsync("/api/prompt/refine", $$"""{"prompt":"{{TestFrontDoor.Prompt}}"}""");
        using var unrefined = await door.PostAsync("/api/audio/generate", TestFrontDoor.Body(more: ""","reprompt":false"""));

        Assert.Equal(HttpStatusCode.OK, refined.StatusCode);
        Assert.Equal("offline: cannot be reached", await CuratorOf(refined));
        Assert.Equal(HttpStatusCode.Accepted, unrefined.StatusCode);
        Assert.Equal("none", await CuratorOf(unrefined));

        static async Task<string?> CuratorOf(HttpResponseMessage response) =>
            (await TestFrontDoor.JsonOf(response)).GetProperty("explanation").GetProperty("curator").GetString();
    }
}

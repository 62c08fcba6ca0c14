using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AudioReprompt.Composing;
using AudioReprompt.Contracts;
using AudioReprompt.Reprompt;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Handling;

public class GenerateHandlerTests
{
    [Fact]
    public async Task Input_OfAWholeRequest_ReachesTheEngineAndComesBack()
    {
        var engine = new ControlledEngine { Seconds = 0.5 };
        await using var worker = await RunningWorker.StartAsync(engine);
        var record = await worker.EndAsync(await worker.RunAsync(new
        {
            prompt = RunningWorker.Prompt,
            duration_seconds = 12,
            seed = 4_000_000_000,
            guidance_scale = 4.5,
            temperature = 0.8,
            top_k = 100,
            top_p = 0.9,
            engine = "composer",
            plan = new { tempo_bpm = 66 },
        }));

        var request = await engine.StartedAsync();
        Assert.Equal((RunningWorker.Prompt, 12, 4_000_000_000), (request.Prompt, request.DurationSeconds, request.Seed));
        Assert.Equal((4.5, 0.8, 100, 0.9), (request.Sampling.GuidanceScale, request.Sampling.Temperature, request.Sampling.TopK, request.Sampling.TopP));
        Assert.Equal(66, request.Plan.TempoBpm);

        var output = record.GetProperty("output").Deserialize(WorkerJson.Default.WorkerOutput)!;
        Assert.Equal((RunningWorker.Prompt, 4_000_000_000), (output.Prompt, output.Seed));
        Assert.Equal(("composer", "composer-test", 32000, 2, 0.5), (output.Engine, output.Model, output.SampleRate, output.Channels, output.DurationSeconds));
        Assert.Null(output.AudioUrl);
        Assert.Equal(["encode", "generate"], output.Timings.Keys.Order());
        var wav = Convert.FromBase64String(output.AudioBase64!);
        Assert.Equal(44 + 32000 * 2, output.AudioWavSize);
        Assert.Equal(output.AudioWavSize, wav.Length);
        Assert.Equal("RIFF", Encoding.ASCII.GetString(wav, 0, 4));
        Assert.Equal(32000, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)));
        Assert.Equal(32000 * 2, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
    }

    [Fact]
    public async Task Input_Score_OfAnEngineThatWritesOne_IsInTheOutput()
    {
        await using var worker = await RunningWorker.StartAsync(new ComposerEngine());
        var record = await worker.EndAsync(await worker.RunAsync(new { prompt = RunningWorker.Prompt, duration_seconds = 2, seed = 5, score = true }));

        var output = record.GetProperty("output").Deserialize(WorkerJson.Default.WorkerOutput)!;
        Assert.Equal("MThd", Encoding.ASCII.GetString(Convert.FromBase64String(output.Score!), 0, 4));
    }

    [Fact]
    public async Task Input_ScoreOfAnEngineThatWritesNone_IsRefused()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var record = await worker.EndAsync(await worker.RunAsync(new { prompt = RunningWorker.Prompt, score = true }));

        Assert.Contains("score", record.GetProperty("error").GetString());
        Assert.Contains("not by composer", record.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Input_PromptOnly_IsPlannedHereAndGetsASeed()
    {
        var engine = new ControlledEngine();
        await using var worker = await RunningWorker.StartAsync(engine);
        var record = await worker.EndAsync(await worker.RunAsync());
        var request = await engine.StartedAsync();
        Assert.Equal(77, request.Plan.TempoBpm);
        Assert.InRange(request.Seed, 0, GenerateLimits.MaxSeed);
        Assert.Equal(request.Seed, record.GetProperty("output").GetProperty("seed").GetInt64());
    }

    [Fact]
    public async Task Input_Faulty_NamesEachFieldInAnErrorThatNobodyRepeats()
    {
        var engine = new ControlledEngine();
        await using var worker = await RunningWorker.StartAsync(engine);
        var job = await EndAsync(worker, new { prompt = "soup", duration_seconds = 0, top_q = 1 });
        Assert.Equal(EndpointStatus.Failed, job.Status);
        Assert.Equal(InvalidInputException.ErrorType, job.ErrorType);
        Assert.Contains("prompt: must have 16 to 800 characters", job.Error);
        Assert.Contains("duration_seconds: must be from 1 to 300", job.Error);
        Assert.Contains("top_q: is not a field of input", job.Error);
        Assert.False(engine.HasStarted);
    }

    [Fact]
    public async Task Input_EngineThatThisWorkerLacks_NamesTheOnesItHas()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var job = await EndAsync(worker, new { prompt = RunningWorker.Prompt, engine = "musicgen" });
        Assert.Equal((InvalidInputException.ErrorType, "engine: must be one of: composer."), (job.ErrorType, job.Error));
    }

    [Fact]
    public async Task Input_HealthCheck_IsAnsweredWithoutAnEngine()
    {
        var engine = new ControlledEngine();
        await using var worker = await RunningWorker.StartAsync(engine);
        var job = await EndAsync(worker, new { type = "health" });
        Assert.Equal("""{"ok":true}""", job.Output!.Value.GetRawText());
        Assert.False(engine.HasStarted);
    }

    [Fact]
    public async Task Progress_OfTheEngine_IsTheOutputWhileTheJobRuns()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var id = await worker.RunAsync();
        await engine.StartedAsync();
        engine.Progress!.Report(0.25);
        engine.Progress!.Report(0.5);
        Assert.Equal("""{"progress":0.5}""", (await worker.GetAsync($"/status/{id}")).GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Output_LongerThanTheLimit_AsksForAnUploadAddress()
    {
        // 130 s of 32 kHz stereo: 16.6 MB, 22 MB as base64.
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine { Seconds = 130 });
        var job = await EndAsync(worker, new { prompt = RunningWorker.Prompt, duration_seconds = 130 });
        Assert.Equal(InvalidInputException.ErrorType, job.ErrorType);
        Assert.Contains("upload_url: is needed for 130 s", job.Error);
    }

    [Fact]
    public void Build_ConfiguredEngineIsMissing_IsRefused() =>
        Assert.Throws<ArgumentException>(
            () => WorkerHost.Build(new AudioRepromptOptions { Worker = new WorkerOptions { Engine = "musicgen" } }, [new ControlledEngine("other")], (_, _) => ValueTask.FromResult(MusicalPlan.Neutral)));

    private static async Task<EndpointJob> EndAsync(RunningWorker worker, object input) =>
        EndpointJob.Parse(Encoding.UTF8.GetBytes((await worker.EndAsync(await worker.RunAsync(input))).GetRawText()));
}

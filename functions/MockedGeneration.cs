using System.Diagnostics;
using AudioReprompt.Audio;
using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.Music;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor;

/// <summary>
/// <c>MOCKED_RESPONSE=true</c>: the composer inside the front door makes the music at once, without a worker, so that a client can be developed
/// against the API alone; only its scores come later, as for every job. Says so in <c>engine</c>.
/// </summary>
public sealed class MockedGeneration(IMusicEngine engine, IAudioStore audio, TimeProvider time)
{
    /// <returns>The job in <c>scoring</c>, its audio stored.</returns>
    public async Task<AudioJob> MakeAsync(AudioJob job, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var running = job.Dispatch(time.GetUtcNow()).Run(time.GetUtcNow());
        var generated = await engine.GenerateAsync(job.ToMusicRequest(), progress: null, cancellationToken);
        using var wav = new MemoryStream();
        WavFile.WritePcm16(wav, generated.Samples, generated.SampleRate, generated.Channels);
        wav.Position = 0;
        var bytes = await audio.WriteAsync(job.Id, wav, long.MaxValue, cancellationToken);
        var timings = new Dictionary<string, double> { ["generate"] = Stopwatch.GetElapsedTime(started).TotalMilliseconds };
        var result = new AudioResult(
            bytes, generated.DurationSeconds, generated.SampleRate, generated.Channels, $"{engine.Name} (mocked)", engine.Model, timings);
        return running.Score(result, time.GetUtcNow());
    }

    /// <summary>Removes the audio of a job that was not accepted after all.</summary>
    public async Task ForgetAsync(Guid jobId)
    {
        try
        {
            await audio.DeleteAsync(jobId, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // It only takes up room; what the caller is to hear is the fault before this one.
        }
    }
}

public static class JobInputs
{
    /// <summary>What an engine is asked for.</summary>
    public static MusicRequest ToMusicRequest(this AudioJob job) => new(
        job.Refined.Text,
        job.Refined.Plan,
        job.Request.DurationSeconds,
        job.Request.Seed,
        new SamplingOptions(job.Request.GuidanceScale, job.Request.Temperature, job.Request.TopK, job.Request.TopP));

    /// <summary>The same, as the endpoint's <c>input</c>.</summary>
    public static WorkerInput ToWorkerInput(this AudioJob job, string uploadUrl) => new()
    {
        Prompt = job.Refined.Text,
        Plan = job.Refined.Plan,
        DurationSeconds = job.Request.DurationSeconds,
        Seed = job.Request.Seed,
        GuidanceScale = job.Request.GuidanceScale,
        Stream = job.Request.Stream,
        Temperature = job.Request.Temperature,
        TopK = job.Request.TopK,
        TopP = job.Request.TopP,
        UploadUrl = uploadUrl,
    };
}

using System.Text.Encodings.Web;
using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Contracts;
using AudioReprompt.Music;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Outbound;

namespace AudioReprompt.Worker.Handling;

/// <param name="DefaultEngine">Answers where a job names none.</param>
/// <param name="UploadHosts">Hosts that a job's <c>upload_url</c> may name.</param>
public sealed record GenerateSettings(string DefaultEngine, AllowedHosts UploadHosts);

/// <summary>
/// The product's handler: validates the input, generates, encodes, and uploads the WAV or puts it into the output.
/// <c>{"type": "health"}</c> is answered <c>{"ok": true}</c>.
/// </summary>
/// <param name="engines">What this worker can play with; names differ.</param>
/// <param name="drawSeed">Gives the seed of a job without one, 0…<see cref="GenerateLimits.MaxSeed"/>.</param>
public sealed partial class GenerateHandler(
    IReadOnlyList<IMusicEngine> engines, GenerateSettings settings, PlanPrompt planPrompt, WavUpload upload, Func<long> drawSeed, TimeProvider time,
    ILogger<GenerateHandler> logger)
{
    /// <summary>The largest WAV that goes into the output when its upload fails: as base64 it fits into the platform's 10 MB.</summary>
    public const int MaxFallbackBytes = 7 * 1024 * 1024;

    /// <summary>The largest output; the platform refuses more.</summary>
    public const int MaxOutputBytes = 20 * 1024 * 1024;

    /// <summary>Room in an output for everything but the audio: a prompt of 800 characters, names and numbers.</summary>
    private const int OutputOverhead = 16 * 1024;

    private static readonly JsonElement Healthy = JsonElement.Parse("""{"ok":true}""");

    /// <summary>Without escapes that HTML would need and base64 would pay for: <c>+</c> would take six bytes.</summary>
    private static readonly WorkerJson Json =
        new(new JsonSerializerOptions(WorkerJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <exception cref="InvalidInputException">The input is at fault.</exception>
    /// <exception cref="UploadFailedException">The WAV could not be uploaded and is too long for the output.</exception>
    public async Task<JsonElement> HandleAsync(JobContext job, CancellationToken cancellationToken)
    {
        if (IsHealthCheck(job.Input)) return Healthy;
        var (input, engine, uploadAddress) = Read(job.Input);
        var request = new MusicRequest(
            input.Prompt,
            input.Plan ?? await planPrompt(input.Prompt, cancellationToken),
            input.DurationSeconds,
            input.Seed ?? drawSeed(),
            input.Sampling());

        var timings = new Dictionary<string, double>();
        var progress = new ProgressRelay(share => job.ReportProgress(JsonSerializer.SerializeToElement(new WorkerProgress(Math.Round(share, 3)), Json.WorkerProgress)));
        var audio = await Timed(timings, "generate", () => input.Stream && engine is IStreamingEngine streaming
            ? StreamAsync(job, streaming, request, progress, cancellationToken)
            : engine.GenerateAsync(request, progress, cancellationToken));
        var wav = await Timed(timings, "encode", () => Task.FromResult(WavFile.EncodePcm16(audio.Samples, audio.SampleRate, audio.Channels)));
        var uploaded = uploadAddress is not null
            && await Timed(timings, "upload", () => TryUploadAsync(job.Id, uploadAddress, wav, cancellationToken));
        if (!uploaded) CheckSize(wav, request.DurationSeconds);
        var score = input.Score ? ((IScoreWriter)engine).WriteScore(request, cancellationToken) : null;

        return JsonSerializer.SerializeToElement(
            new WorkerOutput
            {
                Prompt = input.Prompt,
                AudioWavSize = wav.Length,
                AudioBase64 = uploaded ? null : Convert.ToBase64String(wav),
                AudioUrl = uploaded ? UploadAddress.WithoutSecret(uploadAddress!) : null,
                Score = score is null ? null : Convert.ToBase64String(score),
                SampleRate = audio.SampleRate,
                Channels = audio.Channels,
                DurationSeconds = audio.DurationSeconds,
                Seed = request.Seed,
                Engine = engine.Name,
                Model = engine.Model,
                Timings = timings,
            },
            Json.WorkerOutput);
    }

    /// <summary>Gives every part away as soon as it is made, and all of them together at the end.</summary>
    private static async Task<GeneratedAudio> StreamAsync(
        JobContext job, IStreamingEngine engine, MusicRequest request, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var samples = new List<float>();
        var index = 0;
        var (rate, channels) = (0, 1);
        await foreach (var part in engine.StreamAsync(request, progress, cancellationToken))
        {
            (rate, channels) = (part.SampleRate, part.Channels);
            var wav = WavFile.EncodePcm16(part.Samples, rate, channels);
            var chunk = new WorkerChunk(index++, samples.Count / channels, rate, channels, Convert.ToBase64String(wav));
            samples.AddRange(part.Samples);
            await job.EmitAsync(JsonSerializer.SerializeToElement(chunk, Json.WorkerChunk), cancellationToken);
        }

        return new GeneratedAudio([.. samples], rate, channels);
    }

    private static bool IsHealthCheck(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("health");

    private (WorkerInput Input, IMusicEngine Engine, Uri? UploadAddress) Read(JsonElement json)
    {
        var errors = new FieldErrors();
        var input = WorkerInputReader.Read(json, errors);
        var engine = input is null ? null : Choose(input.Engine ?? settings.DefaultEngine, errors);
        if (input is { Score: true } && engine is not (null or IScoreWriter))
            errors.Add("score", $"is written by {string.Join(", ", engines.Where(one => one is IScoreWriter).Select(one => one.Name))} alone, not by {engine.Name}.");
        var uploadAddress = UploadAddress.Read(input?.UploadUrl, settings.UploadHosts, errors);
        return errors.Any ? throw new InvalidInputException(errors) : (input!, engine!, uploadAddress);
    }

    private IMusicEngine? Choose(string name, FieldErrors errors)
    {
        var engine = engines.FirstOrDefault(engine => engine.Name == name);
        if (engine is null) errors.Add("engine", $"must be one of: {string.Join(", ", engines.Select(one => one.Name))}.");
        return engine;
    }

    /// <returns>false when the upload failed and the WAV is short enough for the output: made audio is not thrown away.</returns>
    private async Task<bool> TryUploadAsync(string jobId, Uri address, byte[] wav, CancellationToken cancellationToken)
    {
        try
        {
            await upload.PutAsync(address, wav, cancellationToken);
            return true;
        }
        catch (UploadFailedException exception) when (wav.Length <= MaxFallbackBytes)
        {
            LogFallback(jobId, exception.Message);
            return false;
        }
    }

    private static void CheckSize(byte[] wav, double durationSeconds)
    {
        var outputBytes = (wav.Length + 2L) / 3 * 4 + OutputOverhead;
        if (outputBytes <= MaxOutputBytes) return;
        var errors = new FieldErrors();
        errors.Add(
            "upload_url",
            $"is needed for {durationSeconds:0.#} s: the WAV of {wav.Length / 1e6:F1} MB does not fit into an output of {MaxOutputBytes / (1024 * 1024)} MB.");
        throw new InvalidInputException(errors);
    }

    private async Task<T> Timed<T>(Dictionary<string, double> timings, string stage, Func<Task<T>> work)
    {
        var start = time.GetTimestamp();
        var result = await work();
        timings[stage] = Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 1);
        return result;
    }

    [LoggerMessage(1, LogLevel.Warning, "Job {JobId}: the audio goes into the output instead. {Reason}")]
    private partial void LogFallback(string jobId, string reason);

    /// <summary>Reports where it is called; <see cref="Progress{T}"/> would report on other threads, out of order.</summary>
    private sealed class ProgressRelay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Contracts;

/// <summary>
/// The <c>input</c> of a job at the worker, as the dispatcher sends it and as anybody may send it to <c>runsync</c>;
/// <see cref="WorkerInputReader"/> reads it.
/// </summary>
public sealed record WorkerInput
{
    public required string Prompt { get; init; }
    public double DurationSeconds { get; init; } = GenerateLimits.DefaultDurationSeconds;

    /// <summary>Drawn at random by the worker where it is absent.</summary>
    public long? Seed { get; init; }

    public double GuidanceScale { get; init; } = GenerateLimits.DefaultGuidanceScale;
    public double Temperature { get; init; } = GenerateLimits.DefaultTemperature;
    public int TopK { get; init; } = GenerateLimits.DefaultTopK;
    public double TopP { get; init; } = GenerateLimits.DefaultTopP;

    /// <summary>Which engine must answer; null leaves it to the worker.</summary>
    public string? Engine { get; init; }

    /// <summary>Where the WAV is PUT; null: it comes back as base64.</summary>
    public string? UploadUrl { get; init; }

    /// <summary>Whether the output shall have the score too; only engines that know their notes can.</summary>
    public bool Score { get; init; }

    /// <summary>Whether the audio shall come in chunks as well while it is made (<see cref="WorkerChunk"/>); engines that make it in one piece give none.</summary>
    public bool Stream { get; init; }

    /// <summary>The musical plan behind the prompt; null: the worker refines the prompt itself where its engine needs a plan.</summary>
    public MusicalPlan? Plan { get; init; }
}

/// <summary>The <c>output</c> of a finished job.</summary>
public sealed record WorkerOutput
{
    public required string Prompt { get; init; }

    /// <summary>Bytes of the WAV.</summary>
    public required long AudioWavSize { get; init; }

    /// <summary>The WAV, when it was not uploaded.</summary>
    public string? AudioBase64 { get; init; }

    /// <summary>Where the WAV was uploaded, without the secret part of the address.</summary>
    public string? AudioUrl { get; init; }

    /// <summary>The score as a Standard MIDI File in base64, when it was asked for.</summary>
    public string? Score { get; init; }

    public required int SampleRate { get; init; }
    public required int Channels { get; init; }
    public required double DurationSeconds { get; init; }
    public required long Seed { get; init; }
    public required string Engine { get; init; }
    public required string Model { get; init; }

    /// <summary>Milliseconds by stage: <c>generate</c>, <c>encode</c>, <c>upload</c>.</summary>
    public required IReadOnlyDictionary<string, double> Timings { get; init; }
}

/// <summary>What a job yields while it runs, when it was asked to stream: the same audio as in its output, part by part.</summary>
/// <param name="Index">From 0; a repeated attempt begins again with the same chunks.</param>
/// <param name="OffsetSamples">Of its first sample, in each channel.</param>
/// <param name="AudioBase64">A WAV of its own, about a second.</param>
public sealed record WorkerChunk(int Index, long OffsetSamples, int SampleRate, int Channels, string AudioBase64);

/// <summary>The <c>output</c> of a job in progress.</summary>
/// <param name="Progress">0…1.</param>
public sealed record WorkerProgress(double Progress);

/// <summary>Reads and validates a job's <c>input</c>.</summary>
public static class WorkerInputReader
{
    private static readonly string[] Fields =
    [
        "prompt", "duration_seconds", "seed", "guidance_scale", "temperature", "top_k", "top_p", "engine", "upload_url", "plan", "score", "stream",
    ];

    /// <returns>null when there are errors; each names its field.</returns>
    public static WorkerInput? Read(JsonElement input, FieldErrors errors)
    {
        if (JsonFields.Of(input, "input", Fields, errors) is not { } fields) return null;
        var sampling = SamplingFields.Read(fields);
        var read = new WorkerInput
        {
            Prompt = fields.Prompt(),
            DurationSeconds = fields.Number("duration_seconds", GenerateLimits.MinDurationSeconds, GenerateLimits.MaxDurationSeconds, GenerateLimits.DefaultDurationSeconds),
            Seed = fields.WholeNumber("seed", 0, GenerateLimits.MaxSeed),
            GuidanceScale = sampling.GuidanceScale,
            Temperature = sampling.Temperature,
            TopK = sampling.TopK,
            TopP = sampling.TopP,
            Engine = fields.Text("engine"),
            UploadUrl = fields.Text("upload_url"),
            Score = fields.Boolean("score", false),
            Stream = fields.Boolean("stream", false),
            Plan = fields.TryGet("plan", out var plan) ? MusicalPlanReader.Read(plan, errors) : null,
        };
        return errors.Any ? null : read;
    }

    /// <summary>The sampling part of an input.</summary>
    public static SamplingOptions Sampling(this WorkerInput input) =>
        new(input.GuidanceScale, input.Temperature, input.TopK, input.TopP);
}

/// <summary>How the contracts between front door and worker are written: snake_case, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkerInput))]
[JsonSerializable(typeof(WorkerOutput))]
[JsonSerializable(typeof(WorkerChunk))]
[JsonSerializable(typeof(WorkerProgress))]
[JsonSerializable(typeof(MusicalPlan))]
public sealed partial class WorkerJson : JsonSerializerContext;

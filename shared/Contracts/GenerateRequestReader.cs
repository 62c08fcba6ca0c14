using System.Text.Json;

namespace AudioReprompt.Contracts;

/// <summary>Reads and validates the body of <c>POST /api/audio/generate</c>.</summary>
public static class GenerateRequestReader
{
    private static readonly string[] Fields =
        ["prompt", "duration_seconds", "seed", "guidance_scale", "temperature", "top_k", "top_p", "reprompt", "stream"];

    /// <param name="utf8">The body as it came.</param>
    /// <param name="drawSeed">Gives the seed of a request without one, 0…<see cref="GenerateLimits.MaxSeed"/>.</param>
    /// <param name="errors">Every field at fault; broken JSON stands under <c>body</c>.</param>
    /// <returns>null when there are errors.</returns>
    public static GenerateRequest? Read(ReadOnlyMemory<byte> utf8, Func<long> drawSeed, FieldErrors errors)
    {
        using var document = JsonFields.Parse(utf8, "body", errors);
        return document is null ? null : Read(document.RootElement, drawSeed, errors);
    }

    private static GenerateRequest? Read(JsonElement body, Func<long> drawSeed, FieldErrors errors)
    {
        if (JsonFields.Of(body, "body", Fields, errors) is not { } fields) return null;
        var sampling = SamplingFields.Read(fields);
        var request = new GenerateRequest(
            fields.Prompt(),
            fields.Number("duration_seconds", GenerateLimits.MinDurationSeconds, GenerateLimits.MaxDurationSeconds, GenerateLimits.DefaultDurationSeconds),
            fields.WholeNumber("seed", 0, GenerateLimits.MaxSeed) ?? drawSeed(),
            sampling.GuidanceScale,
            sampling.Temperature,
            sampling.TopK,
            sampling.TopP,
            fields.Boolean("reprompt", true),
            fields.Boolean("stream", false));
        return errors.Any ? null : request;
    }

    /// <summary>Reads <c>{"prompt": …}</c>, the body of calls that need nothing else.</summary>
    /// <returns>The prompt, or null when there are errors.</returns>
    public static string? ReadPrompt(ReadOnlyMemory<byte> utf8, FieldErrors errors)
    {
        using var document = JsonFields.Parse(utf8, "body", errors);
        if (document is null) return null;
        var prompt = JsonFields.Of(document.RootElement, "body", ["prompt"], errors)?.Prompt();
        return errors.Any ? null : prompt;
    }
}

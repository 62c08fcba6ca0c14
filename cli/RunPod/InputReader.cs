using System.Text.Json;

namespace AudioReprompt.Cli.RunPod;

/// <summary>Reads what was typed for a job.</summary>
internal static class InputReader
{
    /// <param name="text">JSON, <c>@FILE</c>, or <c>-</c> for standard input.</param>
    /// <exception cref="BadInputException">No JSON object, or no file.</exception>
    public static async Task<JsonElement> ReadAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            var json = text switch
            {
                "-" => await Console.In.ReadToEndAsync(cancellationToken),
                ['@', .. var file] => await File.ReadAllTextAsync(file, cancellationToken),
                _ => text,
            };
            var input = JsonElement.Parse(json);
            return input.ValueKind == JsonValueKind.Object
                ? input
                : throw new BadInputException($"INPUT must be a JSON object, such as {{\"prompt\": \"…\"}}; found {input.ValueKind.ToString().ToLowerInvariant()}.");
        }
        catch (JsonException exception)
        {
            throw new BadInputException($"INPUT is no JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"INPUT cannot be read: {exception.Message}");
        }
    }

    public static Uri? Address(string flag, string? text)
    {
        if (text is null) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new BadInputException($"{flag} must be an address such as https://example.org/done.");
    }

    public static TimeSpan? Seconds(string flag, double? seconds, double least, double most)
    {
        if (seconds is not { } given) return null;
        return given >= least && given <= most ? TimeSpan.FromSeconds(given) : throw new BadInputException($"{flag} must be from {least} to {most} seconds.");
    }
}

using System.Text.Json;

namespace AudioReprompt.Contracts;

/// <summary>The API's own limits for a prompt.</summary>
internal static class PromptLimits
{
    /// <param name="text">As the user gave it.</param>
    /// <param name="problem">Names the field and what is allowed; empty where there is none.</param>
    /// <returns>The prompt as the API reads it, or null.</returns>
    public static string? Checked(string text, out string problem)
    {
        // Through the API's reader, so that both refuse the same with the same words.
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["prompt"] = text });
        var errors = new FieldErrors();
        var prompt = GenerateRequestReader.ReadPrompt(body, errors);
        problem = errors.ToString();
        return prompt;
    }
}

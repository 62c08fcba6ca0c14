using System.Text.Json;
using OpenAI.Chat;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>What a model answered: a text, or why there is none.</summary>
internal readonly record struct LlmAnswer(string? Text, string Reason)
{
    /// <summary>Reads an answer that must be exactly what the schema says.</summary>
    /// <param name="reasons">The schema has a field for the reasoning.</param>
    public static LlmAnswer Read(ChatCompletion completion, bool reasons)
    {
        if (completion.FinishReason == ChatFinishReason.Length) return Without("answer cut off");
        if (completion.FinishReason == ChatFinishReason.ContentFilter || completion.Refusal is { Length: > 0 }) return Without("declined by the model");
        return Read(string.Concat(completion.Content.Select(part => part.Text)), reasons);
    }

    private static LlmAnswer Read(string content, bool reasons)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement, reasons)
                : Without("answer does not fit the schema");
        }
        catch (JsonException)
        {
            return Without("answer is not JSON");
        }
    }

    private static LlmAnswer Read(JsonElement answer, bool reasons)
    {
        string[] allowed = reasons ? ["reasoning", "prompt"] : ["prompt"];
        var fields = answer.EnumerateObject().ToList();
        var fits = fields.Count == allowed.Length
            && allowed.All(name => fields.Exists(field => field.NameEquals(name) && field.Value.ValueKind == JsonValueKind.String));
        return fits ? new LlmAnswer(answer.GetProperty("prompt").GetString()!.Trim(), "") : Without("answer does not fit the schema");
    }

    private static LlmAnswer Without(string reason) => new(null, reason);
}

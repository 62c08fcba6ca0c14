using System.Text.Json.Serialization;
using AudioReprompt.Configuration;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>What <c>reprompt.version</c> means.</summary>
/// <param name="Describes">The model is given profile and plan.</param>
/// <param name="Exemplifies">The model is given example captions.</param>
/// <param name="Reasons">The model is asked for its reasoning before the prompt.</param>
internal sealed record LlmVersion(bool Describes, bool Exemplifies, bool Reasons)
{
    public static LlmVersion Of(RepromptOptions options) => options.Version switch
    {
        "v1" => new(false, false, false),
        "v2" => new(true, false, false),
        "v3" => new(false, true, false),
        "v4" => new(true, true, true),
        var unknown => throw new ArgumentException($"reprompt.version is {unknown}; allowed: v1, v2, v3, v4", nameof(options)),
    };
}

/// <summary>Profile and plan as the model reads them: the names that the API has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TasteProfile))]
[JsonSerializable(typeof(MusicalPlan))]
internal sealed partial class LlmJson : JsonSerializerContext;

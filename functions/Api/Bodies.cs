using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AudioReprompt.Contracts;

namespace AudioReprompt.FrontDoor.Api;

/// <summary>
/// The body of <c>POST /api/audio/generate</c> as the OpenAPI document shows it; <see cref="GenerateRequestReader"/> reads it.
/// </summary>
public sealed record GenerateBody
{
    [Description("Where you are, what you eat and how you feel, in English or Spanish.")]
    [MinLength(GenerateLimits.MinPromptCharacters), MaxLength(GenerateLimits.MaxPromptCharacters)]
    public required string Prompt { get; init; }

    [Description("Length of the music in seconds.")]
    [Range(GenerateLimits.MinDurationSeconds, GenerateLimits.MaxDurationSeconds), DefaultValue(GenerateLimits.DefaultDurationSeconds)]
    public double? DurationSeconds { get; init; }

    [Description("The same seed and prompt give the same music; drawn at random when absent.")]
    [Range(0, (double)GenerateLimits.MaxSeed)]
    public long? Seed { get; init; }

    [Description("How closely a model follows the prompt.")]
    [Range(GenerateLimits.MinGuidanceScale, GenerateLimits.MaxGuidanceScale), DefaultValue(GenerateLimits.DefaultGuidanceScale)]
    public double? GuidanceScale { get; init; }

    [Description("How freely a model draws.")]
    [Range(GenerateLimits.MinTemperature, GenerateLimits.MaxTemperature), DefaultValue(GenerateLimits.DefaultTemperature)]
    public double? Temperature { get; init; }

    [Description("A model draws from this many likeliest tokens; 0 is all.")]
    [Range(0, GenerateLimits.MaxTopK), DefaultValue(GenerateLimits.DefaultTopK)]
    public int? TopK { get; init; }

    [Description("A model draws from the likeliest tokens up to this probability; 0 is off.")]
    [Range(0, 1), DefaultValue(GenerateLimits.DefaultTopP)]
    public double? TopP { get; init; }

    [Description("false: generate from the prompt as it stands.")]
    [DefaultValue(true)]
    public bool? Reprompt { get; init; }

    [Description("true: GET /api/audio/{id}/stream plays the music while it is made, where the engine can.")]
    [DefaultValue(false)]
    public bool? Stream { get; init; }
}

/// <summary>A body that is a prompt and nothing else.</summary>
public sealed record PromptBody
{
    [Description("Where you are, what you eat and how you feel, in English or Spanish.")]
    [MinLength(GenerateLimits.MinPromptCharacters), MaxLength(GenerateLimits.MaxPromptCharacters)]
    public required string Prompt { get; init; }
}

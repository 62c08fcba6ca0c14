using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AudioReprompt.Contracts;

namespace AudioReprompt.FrontDoor.Api;

/// <summary>
/// The body of <c>POST /api/audio/generate</c> as the OpenAPI document shows it; <see cref="GenerateRequestReader"/> reads it.
/// </summary>
/// <param name="Prompt">Where you are, what you eat and how you feel, in English or Spanish.</param>
/// <param name="DurationSeconds">Length of the music in seconds.</param>
/// <param name="Seed">The same seed and prompt give the same music; drawn at random when absent.</param>
/// <param name="GuidanceScale">How closely a model follows the prompt.</param>
/// <param name="Temperature">How freely a model draws.</param>
/// <param name="TopK">A model draws from this many likeliest tokens; 0 from all.</param>
/// <param name="TopP">A model draws from the likeliest tokens up to this probability; 0 is off.</param>
/// <param name="Reprompt">false: generate from the prompt as it stands.</param>
public sealed record GenerateBody(
    [property: Required, MinLength(GenerateLimits.MinPromptCharacters), MaxLength(GenerateLimits.MaxPromptCharacters)] string Prompt,
    [property: Range(GenerateLimits.MinDurationSeconds, GenerateLimits.MaxDurationSeconds), DefaultValue(GenerateLimits.DefaultDurationSeconds)] double? DurationSeconds,
    [property: Range(0, (double)GenerateLimits.MaxSeed)] long? Seed,
    [property: Range(GenerateLimits.MinGuidanceScale, GenerateLimits.MaxGuidanceScale), DefaultValue(GenerateLimits.DefaultGuidanceScale)] double? GuidanceScale,
    [property: Range(GenerateLimits.MinTemperature, GenerateLimits.MaxTemperature), DefaultValue(GenerateLimits.DefaultTemperature)] double? Temperature,
    [property: Range(0, GenerateLimits.MaxTopK), DefaultValue(GenerateLimits.DefaultTopK)] int? TopK,
    [property: Range(0, 1), DefaultValue(GenerateLimits.DefaultTopP)] double? TopP,
    [property: DefaultValue(true)] bool? Reprompt);

/// <summary>A body that is a prompt and nothing else.</summary>
/// <param name="Prompt">Where you are, what you eat and how you feel, in English or Spanish.</param>
public sealed record PromptBody(
    [property: Required, MinLength(GenerateLimits.MinPromptCharacters), MaxLength(GenerateLimits.MaxPromptCharacters)] string Prompt);

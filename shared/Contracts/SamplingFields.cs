using AudioReprompt.Music;

namespace AudioReprompt.Contracts;

/// <summary>The members of an input that say how a model's tokens are drawn.</summary>
public static class SamplingFields
{
    public static SamplingOptions Read(JsonFields fields) => new(
        fields.Number("guidance_scale", GenerateLimits.MinGuidanceScale, GenerateLimits.MaxGuidanceScale, GenerateLimits.DefaultGuidanceScale),
        fields.Number("temperature", GenerateLimits.MinTemperature, GenerateLimits.MaxTemperature, GenerateLimits.DefaultTemperature),
        (int)(fields.WholeNumber("top_k", 0, GenerateLimits.MaxTopK) ?? GenerateLimits.DefaultTopK),
        fields.Number("top_p", 0, 1, GenerateLimits.DefaultTopP));
}

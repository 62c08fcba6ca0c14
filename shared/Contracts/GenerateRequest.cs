namespace AudioReprompt.Contracts;

/// <summary>
/// What <c>POST /api/audio/generate</c> asks for, validated and with every default filled in
/// (<see cref="GenerateRequestReader"/> reads it, <see cref="GenerateLimits"/> has the ranges).
/// </summary>
/// <param name="Prompt">16…800 characters.</param>
/// <param name="DurationSeconds">1…300.</param>
/// <param name="Seed">0…4,294,967,295; drawn at random where the caller gave none.</param>
/// <param name="GuidanceScale">1…20.</param>
/// <param name="Temperature">0.01…2.</param>
/// <param name="TopK">0…2048.</param>
/// <param name="TopP">0…1.</param>
/// <param name="Reprompt">false: generate from the prompt as it stands.</param>
/// <param name="Stream">The audio is wanted while it is made.</param>
public sealed record GenerateRequest(
    string Prompt,
    double DurationSeconds,
    long Seed,
    double GuidanceScale,
    double Temperature,
    int TopK,
    double TopP,
    bool Reprompt,
    bool Stream = false);

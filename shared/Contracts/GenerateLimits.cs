namespace AudioReprompt.Contracts;

/// <summary>Ranges and defaults of a request for music, the same at the front door and at the worker.</summary>
public static class GenerateLimits
{
    /// <summary>In Unicode code points, after blanks at both ends are cut.</summary>
    public const int MinPromptCharacters = 16;
    public const int MaxPromptCharacters = 800;

    public const double MinDurationSeconds = 1;
    public const double MaxDurationSeconds = 300;
    public const double DefaultDurationSeconds = 10;

    public const long MaxSeed = uint.MaxValue;

    public const double MinGuidanceScale = 1;
    public const double MaxGuidanceScale = 20;
    public const double DefaultGuidanceScale = 3;

    public const double MinTemperature = 0.01;
    public const double MaxTemperature = 2;
    public const double DefaultTemperature = 1;

    /// <summary>0 keeps all tokens; MusicGen has 2048 per codebook.</summary>
    public const int MaxTopK = 2048;

    /// <summary>As in the MusicGen paper (Copet et al. 2023, section 4).</summary>
    public const int DefaultTopK = 250;

    /// <summary>0 is off.</summary>
    public const double DefaultTopP = 0;
}

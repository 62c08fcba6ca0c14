using System.Text.Json;

namespace AudioReprompt.Audio.Mel;

/// <summary>
/// A checkpoint's <c>preprocessor_config.json</c>, as far as it decides what the model hears. A key that is missing has the default of
/// Hugging Face's <c>ClapFeatureExtractor</c>. <c>top_db</c> and <c>padding_value</c> are read by nobody there either.
/// </summary>
public sealed record ClapPreprocessing
{
    public const string RandomTruncation = "rand_trunc";
    public const string Fusion = "fusion";

    /// <summary>Hz.</summary>
    public int SamplingRate { get; init; } = 48_000;

    /// <summary>Mel bins.</summary>
    public int FeatureSize { get; init; } = 64;

    /// <summary>Samples.</summary>
    public int FftWindowSize { get; init; } = 1_024;

    /// <summary>Samples.</summary>
    public int HopLength { get; init; } = 480;

    /// <summary>What the model hears at a time.</summary>
    public int MaxLengthS { get; init; } = 10;

    /// <summary>Hz.</summary>
    public double FrequencyMin { get; init; }

    /// <summary>Hz.</summary>
    public double FrequencyMax { get; init; } = 14_000;

    /// <summary><see cref="RandomTruncation"/> or <see cref="Fusion"/>: also chooses the filter bank, Slaney's or HTK's.</summary>
    public string Truncation { get; init; } = Fusion;

    /// <summary><c>repeatpad</c>, <c>repeat</c>, or anything else for zeros alone.</summary>
    public string Padding { get; init; } = "repeatpad";

    public bool IsFusion => Truncation == Fusion;

    /// <param name="utf8Json">The file's bytes.</param>
    /// <exception cref="InvalidDataException">No JSON of this kind, or a value that cannot be; the message names it.</exception>
    public static ClapPreprocessing Parse(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json);
            var file = document.RootElement;
            if (file.ValueKind != JsonValueKind.Object) throw new InvalidDataException("preprocessor_config.json is no JSON object.");
            var defaults = new ClapPreprocessing();
            var parsed = new ClapPreprocessing
            {
                SamplingRate = Integer(file, "sampling_rate", defaults.SamplingRate),
                FeatureSize = Integer(file, "feature_size", defaults.FeatureSize),
                FftWindowSize = Integer(file, "fft_window_size", defaults.FftWindowSize),
                HopLength = Integer(file, "hop_length", defaults.HopLength),
                MaxLengthS = Integer(file, "max_length_s", defaults.MaxLengthS),
                FrequencyMin = Number(file, "frequency_min", defaults.FrequencyMin),
                FrequencyMax = Number(file, "frequency_max", defaults.FrequencyMax),
                Truncation = Text(file, "truncation", defaults.Truncation),
                Padding = Text(file, "padding", defaults.Padding),
            };
            parsed.Validate();
            return parsed;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"preprocessor_config.json: {exception.Message}", exception);
        }
    }

    private static int Integer(JsonElement file, string key, int missing) => !file.TryGetProperty(key, out var value) ? missing
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var integer) ? integer
        : throw Refusal(key, value.GetRawText(), "a whole number");

    private static double Number(JsonElement file, string key, double missing) => !file.TryGetProperty(key, out var value) ? missing
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : throw Refusal(key, value.GetRawText(), "a number");

    private static string Text(JsonElement file, string key, string missing) => !file.TryGetProperty(key, out var value) ? missing
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw Refusal(key, value.GetRawText(), "a string");

    private void Validate()
    {
        Require(SamplingRate is >= 1_000 and <= 768_000, "sampling_rate", SamplingRate, $"1000 to 768000");
        Require(FeatureSize is >= 1 and <= 1_024, "feature_size", FeatureSize, $"1 to 1024");
        Require(FftWindowSize is >= 8 and <= 65_536 && int.IsPow2(FftWindowSize), "fft_window_size", FftWindowSize, $"a power of two from 8 to 65536");
        Require(HopLength >= 1 && HopLength <= FftWindowSize, "hop_length", HopLength, $"1 to {FftWindowSize}");
        Require(MaxLengthS is >= 1 and <= 60, "max_length_s", MaxLengthS, $"1 to 60");
        Require(FrequencyMin >= 0 && FrequencyMin < FrequencyMax, "frequency_min", FrequencyMin, $"0 to {FrequencyMax}");
        Require(FrequencyMax <= SamplingRate / 2.0, "frequency_max", FrequencyMax, $"at most {SamplingRate / 2.0}");
        Require(Truncation is RandomTruncation or Fusion, "truncation", Truncation, $"{RandomTruncation} or {Fusion}");
        Require(SamplingRate * MaxLengthS > FftWindowSize / 2, "fft_window_size", FftWindowSize, $"shorter than the recording");
    }

    private static void Require(bool holds, string key, object value, FormattableString allowed)
    {
        if (!holds) throw Refusal(key, value, FormattableString.Invariant(allowed));
    }

    private static InvalidDataException Refusal(string key, object value, string allowed) =>
        new(FormattableString.Invariant($"preprocessor_config.json: {key} is {value}, allowed is {allowed}."));
}

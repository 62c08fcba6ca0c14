using System.Text.Json;
using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>The models that the product uses.</summary>
public enum ModelKind
{
    /// <summary>Makes music from text.</summary>
    MusicGen,

    /// <summary>Compares music with text.</summary>
    Clap,
}

/// <summary>Which of a repository's ONNX files are meant: how their weights are stored.</summary>
public enum OnnxVariant
{
    /// <summary>32-bit floating point; no suffix.</summary>
    Fp32,

    /// <summary>16-bit floating point; <c>_fp16</c>.</summary>
    Fp16,

    /// <summary>8-bit integers; <c>_quantized</c>.</summary>
    Quantized,
}

public static class ModelKinds
{
    /// <summary>The setting that takes a model of the kind.</summary>
    public static string SettingName(this ModelKind kind) => kind == ModelKind.MusicGen ? "musicgen.model" : "clap.model";

    public static string DisplayName(this ModelKind kind) => kind == ModelKind.MusicGen ? "MusicGen" : "CLAP";

    /// <returns>null when there is no such file, or it does not say.</returns>
    /// <param name="path">Of a <c>config.json</c>.</param>
    public static string? TypeOf(string path)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            return config.RootElement.ValueKind == JsonValueKind.Object && config.RootElement.TryGetProperty("model_type", out var type) && type.ValueKind == JsonValueKind.String
                ? type.GetString()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            // Then it is no model's folder.
            return null;
        }
    }

    /// <param name="modelType">As <c>config.json</c> has it.</param>
    /// <returns>null for a model that is not used here.</returns>
    public static ModelKind? Of(string? modelType) => modelType switch
    {
        "musicgen" => ModelKind.MusicGen,
        "clap" => ModelKind.Clap,
        _ => null,
    };

    internal static HubException Unknown(string name, string? modelType) => new(
        HubFault.Unsuitable,
        $"{name} is {(modelType is null ? "of a kind that its config.json does not name" : $"a model of type {Shown.Short(modelType)}")}; used here: musicgen, clap.");
}

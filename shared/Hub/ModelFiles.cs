using System.Text.Json;
using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>
/// Which files of a repository are wanted: the card, configuration and tokenizer, and the weights as safetensors or as ONNX. Never a pickle:
/// loading one runs whatever code is in it.
/// </summary>
internal static class ModelFiles
{
    public const string Config = "config.json";
    public const string Card = "README.md";
    public const string Weights = "model.safetensors";
    public const string Index = "model.safetensors.index.json";

    private const string Tokenizer = "tokenizer.json";

    /// <summary>Beside the JSON files; from the older tokenizers' formats.</summary>
    private static readonly string[] TokenizerFiles = ["merges.txt", "vocab.txt", "spiece.model"];

    private static readonly string[] PickleEndings = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    /// <summary>No configuration is as long; weights in disguise would be.</summary>
    private const long LongestText = 64 * 1024 * 1024;

    /// <summary>What must be read before the rest can be chosen.</summary>
    /// <exception cref="HubException">The repository has no configuration, and so holds no model.</exception>
    public static IReadOnlyList<HubFile> First(HubRevision revision, OnnxVariant? onnx)
    {
        if (revision.Find(Config) is not { Size: <= LongestText }) throw new HubException(HubFault.Unsuitable, $"{revision.Reference} has no {Config}, so it is no model that is used here.");
        string[] names = onnx is null && revision.Find(Weights) is null ? [Config, Card, Index] : [Config, Card];
        return [.. names.Select(revision.Find).OfType<HubFile>().Where(file => file.Size <= LongestText)];
    }

    /// <param name="indexPath">Of the downloaded <see cref="Index"/>; read only where the weights are in shards.</param>
    /// <exception cref="HubException">The weights that are wanted are not there.</exception>
    public static IReadOnlyList<HubFile> Choose(HubRevision revision, ModelKind kind, OnnxVariant? onnx, string indexPath)
    {
        if (revision.Find(Tokenizer) is null) throw new HubException(HubFault.Unsuitable, $"{revision.Reference} has no {Tokenizer}, which is needed.");
        var texts = revision.Files.Where(file => !file.Name.Contains('/') && IsText(file.Name) && file.Size <= LongestText);
        var weights = onnx is { } variant ? Onnx(revision, kind, variant) : Safetensors(revision, kind, indexPath);
        return [.. texts, .. weights];
    }

    private static bool IsText(string name) =>
        name == Card || TokenizerFiles.Contains(name) || (name.EndsWith(".json", StringComparison.Ordinal) && !name.EndsWith(".index.json", StringComparison.Ordinal));

    private static IEnumerable<HubFile> Safetensors(HubRevision revision, ModelKind kind, string indexPath)
    {
        if (revision.Find(Weights) is { } single) return [single];
        if (revision.Find(Index) is { Size: <= LongestText } index) return [index, .. Shards(indexPath).Select(name => revision.Find(name) ?? throw NoShard(revision, name))];
        var variants = Variants(revision, kind);
        var instead = variants.Count > 0 ? $" It has ONNX files: --onnx {string.Join(" or ", variants)}." : " Take a repository that has model.safetensors.";
        var pickles = revision.Files.Where(file => PickleEndings.Any(ending => file.Name.EndsWith(ending, StringComparison.Ordinal))).Select(file => file.Name).ToList();
        throw new HubException(
            HubFault.Unsuitable,
            pickles.Count > 0
                ? $"{revision.Reference} has its weights only as pickle ({string.Join(", ", pickles.Take(3))}), which runs code when it is loaded and is never downloaded.{instead}"
                : $"{revision.Reference} has no {Weights}.{instead}");
    }

    /// <summary>The files that <c>weight_map</c> (tensor → file) names.</summary>
    /// <exception cref="HubException">It is no such index.</exception>
    internal static IReadOnlyList<string> Shards(string path)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. index.RootElement.GetProperty("weight_map").EnumerateObject().Select(tensor => tensor.Value.GetString() ?? "").Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HubException(HubFault.BadAnswer, $"{Index} is no index of weights: {exception.Message}", exception);
        }
    }

    private static HubException NoShard(HubRevision revision, string name) =>
        new(HubFault.BadAnswer, $"{Index} of {revision.Reference} names {Shown.Short(name)}, which the repository does not have.");

    private static IEnumerable<HubFile> Onnx(HubRevision revision, ModelKind kind, OnnxVariant variant)
    {
        var missing = OnnxNames(kind, variant).Where(name => revision.Find(name) is null).ToList();
        if (missing.Count == 0) return OnnxNames(kind, variant).SelectMany(name => revision.Files.Where(file => file.Name == name || IsDataOf(file.Name, name)));
        var others = Variants(revision, kind);
        throw new HubException(
            HubFault.Unsuitable,
            $"{revision.Reference} has no {string.Join(", ", missing)}. {(others.Count > 0 ? $"It has --onnx {string.Join(", ", others)}." : "It has no ONNX files that are used here; without --onnx its safetensors are taken.")}");
    }

    /// <summary>Weights too large for one protobuf message lie beside it, in one file or numbered.</summary>
    private static bool IsDataOf(string name, string model) =>
        name.StartsWith(model + "_data", StringComparison.Ordinal) && name[(model.Length + "_data".Length)..].All(character => character == '_' || char.IsAsciiDigit(character));

    /// <summary>The published layout (Xenova/musicgen-small, Xenova/clap-htsat-unfused).</summary>
    private static IEnumerable<string> OnnxNames(ModelKind kind, OnnxVariant variant)
    {
        string[] parts = kind == ModelKind.MusicGen ? ["text_encoder", "decoder_model_merged", "encodec_decode"] : ["audio_model", "text_model"];
        var suffix = variant switch { OnnxVariant.Fp16 => "_fp16", OnnxVariant.Quantized => "_quantized", _ => "" };
        return parts.Select(part => $"onnx/{part}{suffix}.onnx");
    }

    private static List<string> Variants(HubRevision revision, ModelKind kind) =>
        [.. Enum.GetValues<OnnxVariant>().Where(variant => OnnxNames(kind, variant).All(name => revision.Find(name) is not null)).Select(variant => variant.ToString().ToLowerInvariant())];
}

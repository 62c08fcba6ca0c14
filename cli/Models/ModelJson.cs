using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AudioReprompt.Cli.Models;

/// <summary>A line of <c>models list --json</c>.</summary>
/// <param name="Revisions">Branches and tags that are this commit.</param>
/// <param name="Kind"><c>model_type</c> of its configuration.</param>
internal sealed record ListedModel(
    string Model, string Commit, IReadOnlyList<string> Revisions, string? Kind, int Files, long Bytes, string? Licence, string Folder);

/// <summary>What <c>models info --json</c> prints.</summary>
/// <param name="Parameters">By type such as F32, from the headers of the safetensors; empty without such files.</param>
internal sealed record DescribedModel(
    string Folder, string Kind, string? Licence, long Bytes, IReadOnlyDictionary<string, long> Parameters, IReadOnlyList<DescribedFile> Files);

internal sealed record DescribedFile(string Name, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedModel>))]
[JsonSerializable(typeof(DescribedModel))]
internal sealed partial class ModelJson : JsonSerializerContext
{
    public static void Print<T>(T value, JsonTypeInfo<T> type) => Console.WriteLine(JsonSerializer.Serialize(value, type));
}

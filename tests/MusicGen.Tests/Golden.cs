using System.Text.Json;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests;

/// <summary>What the reference implementation (transformers 4.57.6) answers on the fixtures' models.</summary>
internal sealed class Golden(string model)
{
    public static Golden Mono { get; } = new("musicgen-tiny");

    public static Golden Stereo { get; } = new("musicgen-tiny-stereo");

    /// <summary>The model's folder.</summary>
    public string Folder { get; } = Path.Combine(Repository.Fixtures, model);

    public string[] Prompts => Cases().GetProperty("prompts").EnumerateArray().Select(prompt => prompt.GetString()!).ToArray();

    public JsonElement Cases()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf("cases.json")));
        return document.RootElement.Clone();
    }

    public NpyArray<float> Floats(string name) => Npy.Read<float>(PathOf(name + ".npy"));

    public NpyArray<long> Longs(string name) => Npy.Read<long>(PathOf(name + ".npy"));

    /// <summary>Codes <c>[codebooks][frames]</c>.</summary>
    public int[][] Codes(string name)
    {
        var array = Longs(name);
        var frames = array.Shape[^1];
        return [.. array.Values.Chunk(frames).Select(book => Array.ConvertAll(book, code => (int)code))];
    }

    private string PathOf(string name) => Path.Combine(Folder, "golden", name);
}

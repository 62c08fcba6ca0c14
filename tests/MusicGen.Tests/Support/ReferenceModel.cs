using System.Text.Json;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Support;

/// <summary>A model of the reference data with what transformers 4.57 answers on it.</summary>
internal sealed class ReferenceModel(string name)
{
    public static ReferenceModel Mono { get; } = new("musicgen-tiny");

    public static ReferenceModel Stereo { get; } = new("musicgen-tiny-stereo");

    public static ReferenceModel Of(bool stereo) => stereo ? Stereo : Mono;

    public string Name => name;

    public string Folder { get; } = Path.Combine(Repository.Fixtures, name);

    public MusicGenConfig Config => MusicGenConfig.Load(Folder);

    public CheckpointFolder OpenCheckpoint() => CheckpointFolder.Open(Folder);

    public string Export(string file) => Path.Combine(Folder, "onnx", file);

    public float[] Floats(string array) => Npy.ReadFloats(Path.Combine(Folder, "golden", $"{array}.npy"));

    public int[] Integers(string array) => [.. Npy.Read<long>(Path.Combine(Folder, "golden", $"{array}.npy")).Values.Select(value => (int)value)];

    public int[] PromptIds(int prompt) => Integers($"prompt{prompt}_input_ids");

    /// <summary>The text encoder's states of a prompt, <c>[tokens, width]</c>.</summary>
    public float[] PromptStates(int prompt) => Floats($"prompt{prompt}_text_encoder");

    /// <summary>The smallest distance between the best two choices of any step of a case.</summary>
    public double SmallestMargin(string case_)
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden", "cases.json")));
        return cases.RootElement.GetProperty("cases").GetProperty(case_).GetProperty("smallest_margin").GetDouble();
    }
}

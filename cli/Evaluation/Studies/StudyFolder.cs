using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>
/// Where a study lies. Its files are written aside and moved, or are only added to, so that a process may be killed at any moment: what is there
/// under its name is whole. Recordings count by their hash, and whatever does not is made again, the same.
/// </summary>
internal sealed class StudyFolder : IDisposable
{
    public const string Results = "results.json";
    private const string Part = ".part";

    private readonly FileStream _lock;

    private StudyFolder(string path, FileStream taken) => (Path, _lock) = (path, taken);

    public string Path { get; }

    public string Audio => Combine("audio");

    /// <summary>Makes it where it is missing and takes it for this process.</summary>
    /// <exception cref="IOException">It cannot be written to, or another process has it.</exception>
    public static StudyFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        FileStream taken;
        try
        {
            // The lock goes with the process, however that ends; the file itself stays.
            taken = new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new IOException($"{path} is in use by another process, or cannot be locked: {exception.Message}", exception);
        }

        var folder = new StudyFolder(path, taken);
        foreach (var where in new[] { path, folder.Audio }.Where(Directory.Exists))
            foreach (var left in Directory.EnumerateFiles(where, "*" + Part)) File.Delete(left);
        return folder;
    }

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    public string RecordingAt(string file) => System.IO.Path.Combine(Audio, file);

    public static string ScoresName(string scorer) => $"scores-{scorer}.jsonl";

    public JsonLines<RefinedRow> OpenRefined() => new(Combine("refined.jsonl"), StudyJson.Default.RefinedRow);

    public JsonLines<GeneratedClip> OpenClips() => new(Combine("clips.jsonl"), StudyJson.Default.GeneratedClip);

    public JsonLines<ScoredClip> OpenScores(string scorer) => new(Combine(ScoresName(scorer)), StudyJson.Default.ScoredClip);

    public JsonLines<ScoredClip> OpenReference(string scorer) => new(Combine($"reference-{scorer}.jsonl"), StudyJson.Default.ScoredClip);

    public JsonLines<TimingLine> OpenTimings() => new(Combine("timings.jsonl"), StudyJson.Default.TimingLine);

    public Task WriteAsync(string name, string text, CancellationToken cancellationToken) => WriteAsync(name, Encoding.UTF8.GetBytes(text), cancellationToken);

    public async Task WriteAsync(string name, byte[] bytes, CancellationToken cancellationToken)
    {
        var path = Combine(name);
        await File.WriteAllBytesAsync(path + Part, bytes, cancellationToken);
        File.Move(path + Part, path, overwrite: true);
    }

    /// <returns>SHA-256 in lower-case hexadecimal digits; null where there is no such file.</returns>
    public static async Task<string?> HashAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The results of a finished study, and the embeddings by file.</summary>
    /// <exception cref="InvalidDataException">There are none; the message names the folder and what is missing.</exception>
    public static (StudyResult Result, IReadOnlyDictionary<string, float[]> Vectors) Read(string path)
    {
        var file = System.IO.Path.Combine(path, Results);
        if (!File.Exists(file)) throw new InvalidDataException($"{path} holds no finished study: {Results} is missing.");
        try
        {
            var result = JsonSerializer.Deserialize(File.ReadAllBytes(file), StudyJson.Default.StudyResult) ?? throw new JsonException("It is empty.");
            var scores = JsonLines.Read(System.IO.Path.Combine(path, ScoresName(result.Scorer.Name)), StudyJson.Default.ScoredClip);
            var vectors = new Dictionary<string, float[]>(StringComparer.Ordinal);
            foreach (var score in scores.Where(score => score.Scorer == result.Scorer.Model && score.Vector is not null)) vectors[score.File] = score.Vector!;
            return (result, vectors);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is not what evaluate writes: {exception.Message}", exception);
        }
    }

    public void Dispose() => _lock.Dispose();
}

using System.Collections.Concurrent;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>The WAVE files of a folder and those below it, by their names in ordinal order.</summary>
internal static class WaveFolder
{
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        MatchCasing = MatchCasing.CaseInsensitive,
    };

    /// <returns>Names with slashes, relative to the folder.</returns>
    /// <exception cref="InvalidDataException">There is no such folder, or none in it; the message names it.</exception>
    public static IReadOnlyList<string> FilesOf(string folder)
    {
        if (!Directory.Exists(folder)) throw new InvalidDataException($"{folder} is no folder.");
        List<string> files = [.. Directory.EnumerateFiles(folder, "*.wav", Everything)
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)];
        return files.Count > 0 ? files : throw new InvalidDataException($"{folder} holds no WAVE files (*.wav).");
    }
}

/// <summary>Recordings that the distances are taken to.</summary>
/// <param name="Vectors">In the order of the names.</param>
/// <param name="LeftOut">Those that could not be heard.</param>
internal sealed record ReferenceSet(IReadOnlyList<float[]> Vectors, IReadOnlyList<LeftOut> LeftOut)
{
    /// <exception cref="InvalidDataException">There is no such folder, or no WAVE file in it.</exception>
    public static async Task<ReferenceSet> HearAsync(string folder, ClipScores scores, int parallel, StudyProgress progress, CancellationToken cancellationToken)
    {
        var files = WaveFolder.FilesOf(folder);
        var heard = new ConcurrentDictionary<string, ScoredClip>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken }, async (file, token) =>
        {
            var path = Path.Combine(folder, file);
            var hash = await StudyFolder.HashAsync(path, token) ?? "";
            var worked = !scores.Has(file, hash);
            heard[file] = await scores.JudgeAsync(file, path, hash, target: null, token);
            progress.Add(worked);
        });
        return new ReferenceSet(
            [.. files.Select(file => heard[file].Vector).OfType<float[]>()],
            [.. files.Where(file => heard[file].Reason is not null).Select(file => new LeftOut($"reference {file}", heard[file].Reason!))]);
    }
}

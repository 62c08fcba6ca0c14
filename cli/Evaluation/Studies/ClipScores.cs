using System.Collections.Concurrent;
using AudioReprompt.Audio;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>What recordings got, kept as it comes: a recording of the same bytes is not judged again.</summary>
internal sealed class ClipScores : IDisposable
{
    private readonly IScorer _scorer;
    private readonly JsonLines<ScoredClip>? _lines;
    private readonly ConcurrentDictionary<string, ScoredClip> _byFile = new(StringComparer.Ordinal);

    /// <param name="lines">Disposed with this; null: nothing is kept.</param>
    public ClipScores(IScorer scorer, JsonLines<ScoredClip>? lines)
    {
        (_scorer, _lines) = (scorer, lines);
        foreach (var line in (lines?.Read ?? []).Where(line => line.Scorer == scorer.Model)) _byFile[line.File] = line;
    }

    public ScoredClip this[string file] => _byFile[file];

    /// <summary>Whether it was judged, these bytes of it.</summary>
    public bool Has(string file, string sha256) => _byFile.TryGetValue(file, out var scored) && scored.Sha256 == sha256;

    /// <param name="file">The name in the results.</param>
    /// <param name="target">null: it is only heard, for the distances.</param>
    /// <exception cref="IOException">The recording cannot be read.</exception>
    public async Task<ScoredClip> JudgeAsync(string file, string path, string sha256, ScoreTarget? target, CancellationToken cancellationToken)
    {
        if (Has(file, sha256)) return this[file];
        var scored = await ScoreAsync(file, path, sha256, target, cancellationToken);
        _lines?.Append(scored);
        return _byFile[file] = scored;
    }

    public void Dispose() => _lines?.Dispose();

    private async Task<ScoredClip> ScoreAsync(string file, string path, string sha256, ScoreTarget? target, CancellationToken cancellationToken)
    {
        var scored = new ScoredClip(file, sha256, _scorer.Model, null, null, null);
        try
        {
            using var recording = AudioFile.OpenRead(path);
            var vector = await _scorer.EmbedAsync(recording, cancellationToken);
            scored = scored with { Embedding = ScoredClip.Encode(vector) };
            return target is null ? scored : scored with { Score = await _scorer.ScoreAsync(vector, target, cancellationToken) };
        }
        catch (InvalidDataException exception)
        {
            // A recording without a score stands in the results with the reason; the study goes on.
            return scored with { Reason = exception.Message };
        }
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Evaluation;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>
/// Makes and judges the recordings of a study, whatever of it is missing. The order in which they come does not matter, and a recording that is
/// made twice is the same twice, so that a run that was killed and went on ends as one that was not.
/// </summary>
internal sealed class StudyRun(
    StudyFolder folder, StudyDesign design, IReadOnlyList<PromptRow> rows, StudyEngine engine, PromptRefiner refiner, IScorer scorer, int parallel, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RefinedRow> _refined = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GeneratedClip> _clips = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);
    private readonly ClipNames _names = new(rows);

    /// <summary>Recordings of the whole study.</summary>
    public int Recordings => rows.Count * design.SeedsPerPrompt * 2;

    /// <summary>Recordings that the engine could not make, in this run.</summary>
    public int Failures => _failures.Count;

    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public async Task RunAsync(StudyProgress progress, SessionClock clock, CancellationToken cancellationToken)
    {
        await RefineAsync(cancellationToken);
        Directory.CreateDirectory(folder.Audio);
        using var clips = folder.OpenClips();
        using var scores = new ClipScores(scorer, folder.OpenScores(scorer.Name));
        foreach (var line in clips.Read) _clips[line.File] = line;
        var wanted = rows.SelectMany(row => Enumerable.Range(1, design.SeedsPerPrompt).SelectMany(repeat =>
            new[] { Condition.Raw, Condition.Refined }.Select(condition => (Row: row, Repeat: repeat, Condition: condition))));
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken }, async (clip, token) =>
        {
            var file = _names.Of(clip.Row, clip.Repeat, clip.Condition);
            var (generated, generating) = await EnsureAsync(file, clip.Row, clip.Repeat, clip.Condition, clips, token);
            double? scoring = null;
            if (generated is not null && !scores.Has(file, generated.Sha256))
            {
                var started = time.GetTimestamp();
                await scores.JudgeAsync(file, folder.RecordingAt(file), generated.Sha256, TargetOf(clip.Row), token);
                scoring = time.GetElapsedTime(started).TotalMilliseconds;
            }

            var worked = generating is not null || scoring is not null;
            if (worked) clock.Note(file, generating, scoring);
            progress.Add(worked);
        });
    }

    /// <summary>The outcomes, by what is in the folder.</summary>
    public IReadOnlyList<PromptOutcome> Outcomes(IReadOnlyDictionary<string, ScoredClip> scores) =>
    [
        .. rows.Select(row =>
        {
            var refined = _refined[row.Id];
            return new PromptOutcome(
                row.Id,
                row.Taste,
                row.Prompt,
                refined.Text,
                refined.TasteRead,
                refined.Language,
                refined.Curator,
                [.. refined.Plan.Instruments.Select(instrument => JsonNamingPolicy.SnakeCaseLower.ConvertName(instrument.ToString()))],
                [.. Enumerable.Range(1, design.SeedsPerPrompt).Select(repeat => new ClipPair(
                    repeat, design.SeedOf(row.Id, repeat), Outcome(row, repeat, Condition.Raw, scores), Outcome(row, repeat, Condition.Refined, scores)))]);
        }),
    ];

    private ClipOutcome Outcome(PromptRow row, int repeat, Condition condition, IReadOnlyDictionary<string, ScoredClip> scores)
    {
        var file = _names.Of(row, repeat, condition);
        if (_failures.TryGetValue(file, out var failure)) return new ClipOutcome(file, "", null, $"not made: {failure}");
        var scored = scores[file];
        return new ClipOutcome(file, scored.Sha256, scored.Score, scored.Reason);
    }

    private async Task RefineAsync(CancellationToken cancellationToken)
    {
        using var lines = folder.OpenRefined();
        foreach (var line in lines.Read) _refined[line.Id] = line;
        await Parallel.ForEachAsync(
            rows.Where(row => !_refined.ContainsKey(row.Id)),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (row, token) =>
            {
                var refined = await refiner.RefineAsync(row.Prompt, token);
                var line = new RefinedRow(
                    row.Id, refined.Text, refined.Plan, refined.Profile.DominantTaste, refined.Explanation.Language, refined.Explanation.Curator);
                lines.Append(line);
                _refined[row.Id] = line;
            });
    }

    private ScoreTarget TargetOf(PromptRow row) => new(row.Prompt, _refined[row.Id].Text, row.Taste, _refined[row.Id].TasteRead);

    /// <returns>null where the engine failed; the milliseconds that it took, null where the recording was there.</returns>
    private async Task<(GeneratedClip? Clip, double? Milliseconds)> EnsureAsync(
        string file, PromptRow row, int repeat, Condition condition, JsonLines<GeneratedClip> lines, CancellationToken cancellationToken)
    {
        var path = folder.RecordingAt(file);
        if (_clips.TryGetValue(file, out var known) && await StudyFolder.HashAsync(path, cancellationToken) == known.Sha256) return (known, null);

        var started = time.GetTimestamp();
        var refined = _refined[row.Id];
        var request = StudyEngine.RequestOf(new PromptForEngine(row.Prompt, refined.Text, refined.Plan), condition, design.DurationSeconds, design.SeedOf(row.Id, repeat));
        byte[] wav;
        try
        {
            var audio = await engine.Engine.GenerateAsync(request, progress: null, cancellationToken);
            wav = WavFile.EncodePcm16(audio.Samples, audio.SampleRate, audio.Channels);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One recording that cannot be made is named in the results; the next session tries it again.
            _failures[file] = exception.Message;
            return (null, null);
        }

        await folder.WriteAsync(Path.Combine("audio", file), wav, cancellationToken);
        var clip = new GeneratedClip(file, Convert.ToHexStringLower(SHA256.HashData(wav)));
        lines.Append(clip);
        _clips[file] = clip;
        return (clip, time.GetElapsedTime(started).TotalMilliseconds);
    }
}

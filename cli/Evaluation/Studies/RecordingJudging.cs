using System.Collections.Concurrent;
using AudioReprompt.Audio;
using AudioReprompt.Evaluation;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>Judges recordings that were made elsewhere, some at a time, alone or in pairs.</summary>
internal sealed class RecordingJudging(string recordings, IScorer scorer, int parallel, SessionClock clock)
{
    public async Task<RecordingResult> AloneAsync(IReadOnlyList<string> files, ReferenceSet? references, CancellationToken cancellationToken)
    {
        var outcomes = new ConcurrentDictionary<string, (RecordingOutcome Outcome, float[]? Vector)>(StringComparer.Ordinal);
        await EachAsync(files, async (file, token) => outcomes[file] = await AloneAsync(file, token), cancellationToken);
        List<float[]> vectors = [.. files.Select(file => outcomes[file].Vector).OfType<float[]>()];
        return new RecordingResult(
            ScorerFacts.Of(scorer),
            AcousticScorer.Tastes,
            [
                .. files.Select(file => outcomes[file].Outcome),
                .. (references?.LeftOut ?? []).Select(left => new RecordingOutcome(left.What, null, null, null, null, NoScores, left.Why)),
            ],
            references is null ? [] : [FrechetComparison.Of("recordings", vectors, StudyResult.ReferenceSet, references.Vectors)]);
    }

    public async Task<StudyResult> InPairsAsync(
        IReadOnlyList<string> files, PromptTable table, PromptRefiner refiner, ReferenceSet? references, StudyFolder? folder, CancellationToken cancellationToken)
    {
        var names = new ClipNames(table.Rows);
        var read = table.Rows.ToDictionary(row => row.Id, row => refiner.RefineOffline(row.Prompt), StringComparer.Ordinal);
        var rows = table.Rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
        var leftOut = table.Problems.Select(problem => new LeftOut(FormattableString.Invariant($"line {problem.Line} of the prompts"), problem.Message)).ToList();
        var places = new Dictionary<(string Id, int Repeat, Condition Condition), string>();
        foreach (var file in files)
        {
            if (names.Read(file) is not { } place) leftOut.Add(new LeftOut(file, NoName));
            else if (!places.TryAdd(place, file)) leftOut.Add(new LeftOut(file, $"{places[place]} is the same recording of the same prompt already."));
        }

        var judged = new ConcurrentDictionary<string, ScoredClip>(StringComparer.Ordinal);
        using var scores = new ClipScores(scorer, folder?.OpenScores(scorer.Name));
        await EachAsync([.. places.Values], async (file, token) =>
        {
            var path = Path.Combine(recordings, file);
            var id = names.Read(file)!.Value.Id;
            var target = new ScoreTarget(rows[id].Prompt, "", rows[id].Taste, read[id].Profile.DominantTaste);
            try
            {
                judged[file] = await scores.JudgeAsync(file, path, await StudyFolder.HashAsync(path, token) ?? "", target, token);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It may not be read: named with the reason, and tried again the next time.
                judged[file] = new ScoredClip(file, "", scorer.Model, null, null, exception.Message);
            }
        }, cancellationToken);
        var repeats = places.Keys.ToLookup(place => place.Id, place => place.Repeat, StringComparer.Ordinal);

        var prompts = table.Rows.Select(row => new PromptOutcome(
            row.Id, row.Taste, row.Prompt, "", read[row.Id].Profile.DominantTaste, read[row.Id].Explanation.Language, "", [],
            [.. repeats[row.Id].Distinct().Order()
                .Select(repeat => new ClipPair(repeat, null, Outcome(row.Id, repeat, Condition.Raw), Outcome(row.Id, repeat, Condition.Refined)))])).ToList();
        var vectors = places.Values.Where(file => judged[file].Vector is not null).ToDictionary(file => file, file => judged[file].Vector!, StringComparer.Ordinal);
        return StudyResult.Of(null, ScorerFacts.Of(scorer), prompts, vectors, references?.Vectors, [.. leftOut, .. references?.LeftOut ?? []]);

        ClipOutcome? Outcome(string id, int repeat, Condition condition) => places.TryGetValue((id, repeat, condition), out var file)
            ? new ClipOutcome(file, judged[file].Sha256, judged[file].Score, judged[file].Reason)
            : null;
    }

    private const string NoName = "Its name is none of ID-raw.wav, ID-refined.wav, ID-NUMBER-raw.wav and ID-NUMBER-refined.wav with an id of the table.";

    private static readonly Dictionary<string, double> NoScores = [];

    private async Task<(RecordingOutcome Outcome, float[]? Vector)> AloneAsync(string file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(recordings, file);
        var outcome = new RecordingOutcome(file, null, null, null, null, NoScores, null);
        try
        {
            outcome = outcome with { Sha256 = await StudyFolder.HashAsync(path, cancellationToken) };
            await using (var stream = File.OpenRead(path))
            {
                var header = WavHeader.Read(stream);
                outcome = outcome with { DurationSeconds = header.DurationSeconds, SampleRate = header.SampleRate, Channels = header.Channels };
            }

            using var recording = AudioFile.OpenRead(path);
            var vector = await scorer.EmbedAsync(recording, cancellationToken);
            var scores = new Dictionary<string, double>();
            foreach (var taste in AcousticScorer.Tastes) scores[taste] = await scorer.ScoreAsync(vector, new ScoreTarget("", "", taste, taste), cancellationToken);
            return (outcome with { Scores = scores }, vector);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Named with the reason; the other recordings go on.
            return (outcome with { Reason = exception.Message }, null);
        }
    }

    private Task<int> EachAsync(IReadOnlyList<string> files, Func<string, CancellationToken, Task> judge, CancellationToken cancellationToken) =>
        StudyProgress.ShowAsync(files.Count, TimeProvider.System, async progress =>
        {
            await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken }, async (file, token) =>
            {
                var started = TimeProvider.System.GetTimestamp();
                await judge(file, token);
                clock.Note(file, null, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                progress.Add(worked: true);
            });
            return files.Count;
        });
}

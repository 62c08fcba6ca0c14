using System.Collections.Concurrent;
using System.CommandLine;
using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Configuration;
using AudioReprompt.Evaluation;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Hosting;
using AudioReprompt.Reprompt;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary><c>audioreprompt evaluate audio FOLDER</c>: recordings that were made elsewhere.</summary>
internal static class AudioCommand
{
    private const int Played = 3;

    public static Command Create()
    {
        var recordings = new Argument<string>("FOLDER") { Description = "WAVE files (*.wav), also in folders below it." };
        var prompts = new Option<string?>("--prompts")
        {
            Description = "The table of their prompts; the files are then pairs named ID-raw.wav and ID-refined.wav, or ID-NUMBER-raw.wav and so on where a prompt has several.",
            HelpName = "PROMPTS.csv",
        };
        var strict = new Option<bool>("--strict") { Description = "Start nothing where a row of the table is at fault." };
        var output = new Option<string?>("--out") { Description = "Write results.csv, results.json, report.html and report.md into this folder.", HelpName = "FOLDER" };
        var common = new StudyOptions();
        var command = new Command("audio", "Score WAVE files that were made elsewhere, alone or as raw and refined pairs.") { recordings, prompts, strict, output };
        common.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StudyCall.RunAsync(configuration => RunAsync(
            configuration, parsed.GetValue(recordings)!, parsed.GetValue(prompts), parsed.GetValue(strict), parsed.GetValue(output), common.Read(parsed), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(
        LoadedConfiguration configuration, string recordings, string? prompts, bool strict, string? output, StudyOptions.Values options, CancellationToken cancellationToken)
    {
        var files = WaveFolder.FilesOf(recordings);
        if (options.Reference is { } reference) WaveFolder.FilesOf(reference);
        var table = prompts is null ? null : StudyCall.ReadPrompts(prompts, strict);
        var scorer = Scorers.Open(options.Scorer, configuration);
        var parallel = options.Parallel ?? Environment.ProcessorCount;
        using var folder = output is null ? null : StudyFolder.Open(output);
        if (folder is not null && File.Exists(folder.Combine("run.json")))
            throw new InvalidDataException($"{output} holds a study that was run; choose another folder with --out.");
        using var clock = new SessionClock(folder?.OpenTimings(), parallel, TimeProvider.System);
        ReferenceSet? references = null;
        if (options.Reference is { } of)
        {
            using var scores = new ClipScores(scorer, lines: null);
            references = await StudyProgress.ShowAsync(
                WaveFolder.FilesOf(of).Count, TimeProvider.System, progress => ReferenceSet.HearAsync(of, scores, parallel, progress, cancellationToken));
        }

        var judging = new Judging(recordings, scorer, parallel, clock);

        if (table is null)
        {
            var heard = await judging.AloneAsync(files, references, cancellationToken);
            if (folder is not null) await WriteAsync(folder, heard, clock.End(), cancellationToken);
            if (options.Json) Console.WriteLine(JsonSerializer.Serialize(heard, StudyJson.Readable.RecordingResult));
            else Print(heard, output);
            return ServerProcess.Done;
        }

        if (RefineCommand.LoadRefiner(configuration) is not { } refiner) return ServerProcess.BadInput;
        var study = await judging.InPairsAsync(files, table, refiner, references, folder, cancellationToken);
        if (folder is not null) await StudyOutput.WriteAsync(folder, study, clock.End(), recordings, "The players hold the first 10 seconds, in one channel at 24 kHz.", Played, cancellationToken);
        StudyOutput.Print(study, output, options.Json);
        return ServerProcess.Done;
    }

    private static async Task WriteAsync(StudyFolder folder, RecordingResult heard, RunFacts facts, CancellationToken cancellationToken)
    {
        await folder.WriteAsync("results.csv", heard.Csv(), cancellationToken);
        await folder.WriteAsync(StudyFolder.Results, JsonSerializer.Serialize(heard, StudyJson.Readable.RecordingResult) + "\n", cancellationToken);
        await folder.WriteAsync("report.md", heard.Markdown(facts), cancellationToken);
        await folder.WriteAsync("report.html", heard.Page(facts), cancellationToken);
    }

    private static void Print(RecordingResult heard, string? output)
    {
        var console = Terminal.Open();
        StudyOutput.Print(console, heard.Tables());
        console.WriteLine($"\n{heard.Headline()}");
        if (output is not null) console.WriteLine(Path.Combine(output, "report.html"));
    }

    /// <summary>Goes through the files, some at a time.</summary>
    private sealed class Judging(string recordings, IScorer scorer, int parallel, SessionClock clock)
    {
        public async Task<RecordingResult> AloneAsync(IReadOnlyList<string> files, ReferenceSet? references, CancellationToken cancellationToken)
        {
            var outcomes = new ConcurrentDictionary<string, (RecordingOutcome Outcome, float[]? Vector)>(StringComparer.Ordinal);
            await EachAsync(files, async (file, token) => outcomes[file] = await AloneAsync(file, token), cancellationToken);
            List<float[]> vectors = [.. files.Select(file => outcomes[file].Vector).OfType<float[]>()];
            return new RecordingResult(
                ScorerFacts.Of(scorer),
                AcousticScorer.Tastes,
                [.. files.Select(file => outcomes[file].Outcome), .. (references?.LeftOut ?? []).Select(left => new RecordingOutcome(left.What, null, null, null, null, NoScores, left.Why))],
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
                if (names.Read(file) is not { } place) leftOut.Add(new LeftOut(file, "its name is none of ID-raw.wav, ID-refined.wav, ID-NUMBER-raw.wav and ID-NUMBER-refined.wav with an id of the table."));
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
}

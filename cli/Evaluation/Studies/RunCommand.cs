using System.CommandLine;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.Evaluation;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Hosting;
using AudioReprompt.Reprompt;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary><c>audioreprompt evaluate run PROMPTS.csv --out FOLDER</c>.</summary>
internal static class RunCommand
{
    /// <summary>Pairs in the page at either end.</summary>
    private const int Played = 3;

    public static Command Create()
    {
        var prompts = new Argument<string>("PROMPTS.csv") { Description = "Columns id, prompt and, if wanted, taste (UTF-8). Ours: data/evaluation/prompts.csv." };
        var output = new Option<string>("--out") { Description = "Folder of the study. The same command goes on where it was stopped or killed.", HelpName = "FOLDER", Required = true };
        var engine = new Option<string>("--engine") { Description = "What plays.", DefaultValueFactory = _ => StudyEngine.Names[0], HelpName = string.Join('|', StudyEngine.Names) };
        engine.AcceptOnlyFromAmong(StudyEngine.Names);
        var model = new Option<string?>("--model") { Description = "MusicGen: a folder, org/name or org/name@revision. Default: musicgen.model.", HelpName = "MODEL" };
        var seeds = new Option<int>("--seeds") { Description = "Pairs of each prompt, 1 to 1000.", DefaultValueFactory = _ => 1, HelpName = "N" };
        seeds.Validators.Add(result => EvaluateCommand.Within(result, 1, 1000));
        var seed = new Option<long>("--seed") { Description = "What all seeds are drawn from, 0 to 4294967295.", DefaultValueFactory = _ => 1, HelpName = "N" };
        seed.Validators.Add(result => EvaluateCommand.Within(result, 0, uint.MaxValue));
        var duration = new Option<double>("--duration") { Description = "Seconds of each recording, 1 to 300.", DefaultValueFactory = _ => 10, HelpName = "S" };
        duration.Validators.Add(result => EvaluateCommand.Within(result, 1, 300));
        var strict = new Option<bool>("--strict") { Description = "Start nothing where a row of the table is at fault. Without it such rows are named and left out." };
        var common = new StudyOptions();
        var command = new Command("run", "Make raw and refined audio of a table of prompts, score it, and write a study: results.csv, results.json, report.html, report.md.")
        {
            prompts, output, engine, model, seeds, seed, duration, strict,
        };
        common.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StudyCall.RunAsync(configuration => RunAsync(
            configuration,
            parsed.GetValue(prompts)!,
            parsed.GetValue(strict),
            parsed.GetValue(output)!,
            () => StudyEngine.Open(parsed.GetValue(engine)!, parsed.GetValue(model), configuration),
            (parsed.GetValue(seeds), parsed.GetValue(seed), parsed.GetValue(duration)),
            common.Read(parsed),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(
        LoadedConfiguration configuration, string prompts, bool strict, string output, Func<StudyEngine> openEngine, (int Seeds, long Seed, double Seconds) wanted,
        StudyOptions.Values options, CancellationToken cancellationToken)
    {
        var table = StudyCall.ReadPrompts(prompts, strict);
        var referenceFiles = options.Reference is { } reference ? WaveFolder.FilesOf(reference).Count : 0;
        using var refiner = PromptRefiner.Load(
            configuration.DataFolder, configuration.Options.Reprompt, TimeProvider.System, NullLogger<PromptRefiner>.Instance, handler: null, configuration.EmbeddingsFolder);
        // Before anything is made: a model that is missing or broken leaves no folder behind.
        var scorer = Scorers.Open(options.Scorer, configuration);
        using var scorersModel = scorer as IDisposable;
        await using var engine = openEngine();
        var reprompt = configuration.Options.Reprompt;
        var design = new StudyDesign
        {
            Program = $"AudioReprompt {typeof(RunCommand).Assembly.GetName().Version?.ToString(3)}",
            PromptsSha256 = StudyDesign.HashOf(table.Rows),
            Prompts = table.Rows.Count,
            Engine = engine.Engine.Name,
            Model = engine.Engine.Model,
            SeedsPerPrompt = wanted.Seeds,
            Seed = wanted.Seed,
            DurationSeconds = wanted.Seconds,
            Curator = reprompt.UsesLlm() ? $"llm ({reprompt.LlmModel}, {reprompt.Version}), else offline" : "offline",
            Raw = engine.Raw,
            Refined = engine.Refined,
        };
        using var folder = StudyFolder.Open(output);
        await BeginAsync(folder, design, prompts, cancellationToken);

        var parallel = options.Parallel ?? engine.Parallel;
        using var clock = new SessionClock(folder.OpenTimings(), parallel, TimeProvider.System);
        var run = new StudyRun(folder, design, table.Rows, engine, refiner, scorer, parallel, TimeProvider.System);
        var references = await StudyProgress.ShowAsync(run.Recordings + referenceFiles, TimeProvider.System, async progress =>
        {
            await run.RunAsync(progress, clock, cancellationToken);
            if (options.Reference is null) return null;
            using var referenceScores = new ClipScores(scorer, folder.OpenReference(scorer.Name));
            return await ReferenceSet.HearAsync(options.Reference, referenceScores, parallel, progress, cancellationToken);
        });
        var study = ResultOf(folder, design, scorer, run, table, references);
        await StudyOutput.WriteAsync(folder, study, clock.End(), folder.Audio, Excerpt.Words, Played, cancellationToken);
        StudyOutput.Print(study, output, options.Json);
        if (run.Failures == 0) return ServerProcess.Done;
        await Console.Error.WriteLineAsync($"{run.Failures} recordings could not be made; the same command tries them again.");
        return ServerProcess.Failed;
    }

    /// <summary>Writes down what the study is, or sees that it is the one that the folder holds.</summary>
    private static async Task BeginAsync(StudyFolder folder, StudyDesign design, string prompts, CancellationToken cancellationToken)
    {
        var file = folder.Combine("run.json");
        if (!File.Exists(file))
        {
            if (Directory.EnumerateFileSystemEntries(folder.Path).Any(entry => Path.GetFileName(entry) is not (".lock" or "prompts.csv" or "audio")))
                throw new InvalidDataException($"{folder.Path} is not empty and holds no study; choose another folder with --out.");
            await folder.WriteAsync("prompts.csv", await File.ReadAllBytesAsync(prompts, cancellationToken), cancellationToken);
            await folder.WriteAsync("run.json", JsonSerializer.Serialize(design, StudyJson.Readable.StudyDesign) + "\n", cancellationToken);
            return;
        }

        StudyDesign? there;
        try
        {
            there = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellationToken), StudyJson.Default.StudyDesign);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is not what evaluate writes: {exception.Message}", exception);
        }

        var differences = there is null ? ["it is empty there"] : design.DifferencesTo(there);
        if (differences.Count > 0)
            throw new InvalidDataException($"{folder.Path} holds another study; choose another folder with --out, or the same settings:\n{string.Join('\n', differences)}");
    }

    private static StudyResult ResultOf(StudyFolder folder, StudyDesign design, IScorer scorer, StudyRun run, PromptTable table, ReferenceSet? references)
    {
        var scores = new Dictionary<string, ScoredClip>(StringComparer.Ordinal);
        foreach (var line in JsonLines.Read(folder.Combine(StudyFolder.ScoresName(scorer.Name)), StudyJson.Default.ScoredClip).Where(line => line.Scorer == scorer.Model))
            scores[line.File] = line;
        return StudyResult.Of(
            design,
            ScorerFacts.Of(scorer),
            run.Outcomes(scores),
            scores.Values.Where(score => score.Embedding is not null).ToDictionary(score => score.File, score => score.Vector!, StringComparer.Ordinal),
            references?.Vectors,
            [
                .. table.Problems.Select(problem => new LeftOut(FormattableString.Invariant($"line {problem.Line} of the prompts"), problem.Message)),
                .. references?.LeftOut ?? [],
            ]);
    }
}

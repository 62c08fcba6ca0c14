using System.Diagnostics;
using AudioReprompt.Configuration;
using AudioReprompt.Reprompt.Explaining;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Profiling;
using AudioReprompt.Reprompt.Retrieval;
using AudioReprompt.Reprompt.Understanding;
using AudioReprompt.Reprompt.Writing;
using AudioReprompt.Reprompt.Writing.Llm;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Reprompt;

/// <summary>
/// Turns a sentence about food into a musical prompt. Safe for concurrent calls. The same input gives the same plan, profile and
/// findings, and offline the same text; a language model words it anew each time.
/// </summary>
public sealed class PromptRefiner : IDisposable
{
    private readonly PromptReader _reader;
    private readonly PhoneticIndex _phonetics;
    private readonly FoodRetriever _retriever;
    private readonly TasteProfiler _profiler;
    private readonly MusicPlanner _planner;
    private readonly OfflineCurator _offline;
    private readonly LlmCurator? _llm;
    private readonly Explainer _explainer;

    private PromptRefiner(KnowledgeBase knowledge, FoodRetriever retriever, LlmCurator? llm)
    {
        _reader = new PromptReader(knowledge);
        _phonetics = new PhoneticIndex(knowledge);
        _retriever = retriever;
        _profiler = new TasteProfiler(knowledge.Dimensions);
        _planner = new MusicPlanner(knowledge.Dimensions, knowledge.Music);
        _offline = new OfflineCurator(knowledge.Music);
        _llm = llm;
        _explainer = new Explainer(knowledge.Dimensions, knowledge.Music);
    }

    /// <summary>Reads the knowledge base; the text is written offline.</summary>
    /// <param name="dataFolder">The folder <c>data/</c>.</param>
    /// <param name="embeddingsFolder">
    /// What <see cref="PrepareEmbeddings"/> filled for this knowledge base, so that food that is described and not named is understood
    /// by its meaning. Null: names and their misspellings alone.
    /// </param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; the message names the file and the line.</exception>
    public static PromptRefiner Load(string dataFolder, string? embeddingsFolder = null)
    {
        var knowledge = KnowledgeBase.Load(dataFolder);
        return new PromptRefiner(knowledge, FoodRetriever.Load(knowledge, embeddingsFolder), null);
    }

    /// <summary>The build step: encodes every entry of the knowledge base and keeps the vectors beside the encoder's weights.</summary>
    /// <param name="embeddingsFolder">Where npm has installed the weights.</param>
    /// <exception cref="InvalidDataException">A file of the knowledge base or of the weights is missing or broken; named.</exception>
    public static void PrepareEmbeddings(string dataFolder, string embeddingsFolder)
    {
        var knowledge = KnowledgeBase.Load(dataFolder);
        KnowledgeVectors.Build(knowledge.Lexicon.Entries, knowledge.Dimensions, embeddingsFolder);
    }

    /// <summary>Reads the knowledge base; the text is written by the curator that the options choose.</summary>
    /// <param name="dataFolder">The folder <c>data/</c>.</param>
    /// <param name="options">Validated.</param>
    /// <param name="time">Measures how long the language model may take.</param>
    /// <param name="logger">Hears when a text had to be written offline, and why.</param>
    /// <param name="handler">The way to the language model; null: one of its own. Disposed with the refiner.</param>
    /// <param name="embeddingsFolder">As in the other overload.</param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; the message names the file and the line.</exception>
    /// <exception cref="ArgumentException">The language model's key cannot stand in a header; the message does not show it.</exception>
    public static PromptRefiner Load(
        string dataFolder, RepromptOptions options, TimeProvider time, ILogger<PromptRefiner> logger, HttpMessageHandler? handler = null,
        string? embeddingsFolder = null)
    {
        var knowledge = KnowledgeBase.Load(dataFolder);
        var llm = options.UsesLlm()
            ? new LlmCurator(knowledge, dataFolder, options, handler ?? LlmClient.CreateHandler(options), time, logger)
            : null;
        return new PromptRefiner(knowledge, FoodRetriever.Load(knowledge, embeddingsFolder), llm);
    }

    /// <summary>
    /// Any text is answered; one about nothing edible gets a neutral plan, and the summary says so. Where a language model writes and
    /// fails, the text is the offline one and <see cref="Explanation.Curator"/> gives the reason.
    /// </summary>
    /// <param name="prompt">16…800 characters, English or Spanish.</param>
    /// <param name="cancellationToken">Ends the wait for the language model.</param>
    /// <param name="timings">Gets the milliseconds of each step: <c>understand, profile, plan, write, explain</c>.</param>
    /// <exception cref="OperationCanceledException">Only for <paramref name="cancellationToken"/>.</exception>
    public async ValueTask<RefinedPrompt> RefineAsync(
        string prompt, CancellationToken cancellationToken, Dictionary<string, double>? timings = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (understanding, profile, planned) = Plan(prompt, timings);
        var start = Stopwatch.GetTimestamp();
        var (text, curator) = await WriteAsync(understanding, profile, planned, cancellationToken);
        Took(timings, "write", ref start);
        var refined = RefinedOf(text, understanding, profile, planned, curator);
        Took(timings, "explain", ref start);
        return refined;
    }

    /// <summary>As <see cref="RefineAsync"/> without a language model: for callers who need the plan and not the text.</summary>
    public RefinedPrompt RefineOffline(string prompt)
    {
        var (understanding, profile, planned) = Plan(prompt, timings: null);
        return RefinedOf(_offline.Write(planned, understanding), understanding, profile, planned, OfflineCurator.Name);
    }

    /// <summary>Closes the connections to the language model.</summary>
    public void Dispose() => _llm?.Dispose();

    private (PromptUnderstanding Understanding, TasteProfile Profile, PlannedMusic Planned) Plan(string prompt, Dictionary<string, double>? timings)
    {
        var start = Stopwatch.GetTimestamp();
        var understanding = Understand(prompt);
        Took(timings, "understand", ref start);
        var profile = _profiler.Profile(understanding);
        Took(timings, "profile", ref start);
        var planned = _planner.Plan(profile);
        Took(timings, "plan", ref start);
        return (understanding, profile, planned);
    }

    /// <summary>The text, and who wrote it.</summary>
    private async ValueTask<(string Text, string Curator)> WriteAsync(
        PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned, CancellationToken cancellationToken)
    {
        if (_llm is null) return (_offline.Write(planned, understanding), OfflineCurator.Name);
        var (text, reason) = await _llm.WriteAsync(understanding, profile, planned, cancellationToken);
        return text is not null ? (text, _llm.Name) : (_offline.Write(planned, understanding), $"{OfflineCurator.Name}: {reason}");
    }

    private static void Took(Dictionary<string, double>? timings, string step, ref long start)
    {
        if (timings is null) return;
        timings[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
    }

    private RefinedPrompt RefinedOf(
        string text, PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned, string curator) =>
        new(text, planned.Plan, profile, _explainer.Explain(understanding, profile, planned, text, curator));

    /// <summary>The plan of a profile, for whoever has tastes and no sentence.</summary>
    public MusicalPlan PlanOf(TasteProfile profile) => _planner.Plan(profile).Plan;

    /// <summary>What the words say; where none of them names a food or a taste, what they come near to.</summary>
    private PromptUnderstanding Understand(string prompt)
    {
        var text = Tokenizer.Tokenize(prompt);
        var understanding = _reader.Read(text, _phonetics.Guesses(text, _reader.LanguageOf(text)));
        if (understanding.NamesTaste) return understanding;
        var found = _retriever.Retrieve(text, understanding.Language);
        if (found.Count == 0) return understanding;
        return found[0].Token is null
            ? understanding with { Mentions = [.. understanding.Mentions, .. found.Select(Wordless)] }
            : _reader.Read(text, found.ToDictionary(word => word.Token!.Value, GuessOf));

        Mention Wordless(Retrieved entry) =>
            new(entry.Listed.Entry, text.Count, 0, 0, 0, entry.Confidence, MentionEffect.Adds, AboutSurroundings: false)
            {
                ReadAs = entry.Name,
            };

        static Guess GuessOf(Retrieved word) => new(word.Name, new Sense(word.Listed.Entry, null, word.Confidence, false), 1);
    }
}

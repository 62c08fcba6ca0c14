using AudioReprompt.Reprompt.Explaining;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Profiling;
using AudioReprompt.Reprompt.Retrieval;
using AudioReprompt.Reprompt.Understanding;
using AudioReprompt.Reprompt.Writing;

namespace AudioReprompt.Reprompt;

/// <summary>Turns a sentence about food into a musical prompt. Safe for concurrent calls; the same input gives the same output.</summary>
public sealed class PromptRefiner
{
    private readonly PromptReader _reader;
    private readonly FoodRetriever _retriever;
    private readonly TasteProfiler _profiler;
    private readonly MusicPlanner _planner;
    private readonly OfflineCurator _curator;
    private readonly Explainer _explainer;

    private PromptRefiner(KnowledgeBase knowledge, FoodRetriever retriever)
    {
        _reader = new PromptReader(knowledge);
        _retriever = retriever;
        _profiler = new TasteProfiler(knowledge.Dimensions);
        _planner = new MusicPlanner(knowledge.Dimensions, knowledge.Music);
        _curator = new OfflineCurator(knowledge.Music);
        _explainer = new Explainer(knowledge.Dimensions, knowledge.Music);
    }

    /// <summary>Reads the knowledge base.</summary>
    /// <param name="dataFolder">The folder <c>data/</c>.</param>
    /// <param name="embeddingsFolder">
    /// What <see cref="PrepareEmbeddings"/> filled, so that food that is described and not named is understood by its meaning. Null,
    /// or a folder without what the build step makes: names and their misspellings alone.
    /// </param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; the message names the file and the line.</exception>
    public static PromptRefiner Load(string dataFolder, string? embeddingsFolder = null)
    {
        var knowledge = KnowledgeBase.Load(dataFolder);
        return new PromptRefiner(knowledge, FoodRetriever.Load(knowledge, embeddingsFolder));
    }

    /// <summary>The build step: encodes every entry of the knowledge base and keeps the vectors beside the encoder's weights.</summary>
    /// <param name="embeddingsFolder">Where npm has installed the weights.</param>
    /// <exception cref="InvalidDataException">A file of the knowledge base or of the weights is missing or broken; named.</exception>
    public static void PrepareEmbeddings(string dataFolder, string embeddingsFolder)
    {
        var knowledge = KnowledgeBase.Load(dataFolder);
        KnowledgeVectors.Build(knowledge.Lexicon.Entries, knowledge.Dimensions, embeddingsFolder);
    }

    /// <summary>Any text is answered; one about nothing edible gets a neutral plan, and the summary says so.</summary>
    /// <param name="prompt">16…800 characters, English or Spanish.</param>
    /// <param name="cancellationToken">Ends the wait for outside help.</param>
    public ValueTask<RefinedPrompt> RefineAsync(string prompt, CancellationToken cancellationToken)
    {
        // Nothing here waits; the token is for a curator that asks someone.
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<RefinedPrompt>(cancellationToken);

        var understanding = Understand(prompt);
        var profile = _profiler.Profile(understanding);
        var planned = _planner.Plan(profile);
        var text = _curator.Write(planned, understanding);
        var explanation = _explainer.Explain(understanding, profile, planned, OfflineCurator.Name);
        return ValueTask.FromResult(new RefinedPrompt(text, planned.Plan, profile, explanation));
    }

    /// <summary>What the words say; where none of them names a food or a taste, what they come near to.</summary>
    private PromptUnderstanding Understand(string prompt)
    {
        var understanding = _reader.Read(prompt);
        if (understanding.NamesTaste) return understanding;
        var text = Tokenizer.Tokenize(prompt);
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

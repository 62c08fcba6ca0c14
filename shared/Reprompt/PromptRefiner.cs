using AudioReprompt.Reprompt.Explaining;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Profiling;
using AudioReprompt.Reprompt.Understanding;
using AudioReprompt.Reprompt.Writing;

namespace AudioReprompt.Reprompt;

/// <summary>Turns a sentence about food into a musical prompt. Safe for concurrent calls; the same input gives the same output.</summary>
public sealed class PromptRefiner
{
    private readonly PromptReader _reader;
    private readonly TasteProfiler _profiler;
    private readonly MusicPlanner _planner;
    private readonly OfflineCurator _curator;
    private readonly Explainer _explainer;

    private PromptRefiner(KnowledgeBase knowledge)
    {
        _reader = new PromptReader(knowledge);
        _profiler = new TasteProfiler(knowledge.Dimensions);
        _planner = new MusicPlanner(knowledge.Dimensions, knowledge.Music);
        _curator = new OfflineCurator(knowledge.Music);
        _explainer = new Explainer(knowledge.Dimensions, knowledge.Music);
    }

    /// <summary>Reads the knowledge base.</summary>
    /// <param name="dataFolder">The folder <c>data/</c>.</param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; the message names the file and the line.</exception>
    public static PromptRefiner Load(string dataFolder) => new(KnowledgeBase.Load(dataFolder));

    /// <summary>Any text is answered; one about nothing edible gets a neutral plan, and the summary says so.</summary>
    /// <param name="prompt">16…800 characters, English or Spanish.</param>
    /// <param name="cancellationToken">Ends the wait for outside help.</param>
    public ValueTask<RefinedPrompt> RefineAsync(string prompt, CancellationToken cancellationToken)
    {
        // Nothing here waits; the token is for a curator that asks someone.
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<RefinedPrompt>(cancellationToken);

        var understanding = _reader.Read(prompt);
        var profile = _profiler.Profile(understanding);
        var planned = _planner.Plan(profile);
        var text = _curator.Write(planned, understanding);
        var explanation = _explainer.Explain(understanding, profile, planned, OfflineCurator.Name);
        return ValueTask.FromResult(new RefinedPrompt(text, planned.Plan, profile, explanation));
    }
}

using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Reprompt;

/// <summary>The product's own knowledge base, loaded once.</summary>
internal static class Refining
{
    public static string DataFolder { get; } = Path.Combine(Repository.Root, "data");

    public static PromptRefiner Refiner { get; } = PromptRefiner.Load(DataFolder);

    public static KnowledgeBase Knowledge { get; } = KnowledgeBase.Load(DataFolder);

    public static RefinedPrompt Refine(string prompt) => Refine(Refiner, prompt);

    public static RefinedPrompt Refine(PromptRefiner refiner, string prompt) =>
        refiner.RefineAsync(prompt, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public static double Taste(string prompt, string taste) => Refine(prompt).Profile.Tastes.GetValueOrDefault(taste);

    public static double Texture(string prompt, string texture) => Refine(prompt).Profile.Textures.GetValueOrDefault(texture);

    public static MusicalPlan Plan(string prompt) => Refine(prompt).Plan;
}

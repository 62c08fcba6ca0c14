namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>Everything in <c>data/</c>, read and checked. Immutable.</summary>
internal sealed record KnowledgeBase(
    IReadOnlyList<Dimension> Dimensions, Lexicon Lexicon, WordLists FunctionWords, WordLists OrdinaryWords, Quantities Quantities, Sensations Sensations,
    MusicKnowledge Music)
{
    /// <param name="folder">The folder <c>data/</c>.</param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; names the file, the line and what is allowed.</exception>
    public static KnowledgeBase Load(string folder)
    {
        var dimensions = Dimension.Load(folder);
        return new KnowledgeBase(
            [.. dimensions.Values],
            new LexiconLoader(dimensions, Impression.Load(folder)).Load(folder),
            WordLists.Load(folder, "function-words.psv"),
            WordLists.Load(folder, "ordinary-words.psv"),
            Quantities.Load(folder),
            Sensations.Load(folder, dimensions),
            new MusicLoader(folder, dimensions).Load());
    }
}

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>Everything in <c>data/</c>, read and checked. Immutable.</summary>
internal sealed record KnowledgeBase(
    IReadOnlyList<Dimension> Dimensions, Lexicon Lexicon, FunctionWords FunctionWords, Quantities Quantities, MusicKnowledge Music)
{
    /// <param name="folder">The folder <c>data/</c>.</param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; names the file, the line and what is allowed.</exception>
    public static KnowledgeBase Load(string folder)
    {
        var dimensions = Dimension.Load(folder);
        return new KnowledgeBase(
            [.. dimensions.Values],
            new LexiconLoader(dimensions, Impression.Load(folder)).Load(folder),
            FunctionWords.Load(folder),
            Quantities.Load(folder),
            new MusicLoader(folder, dimensions).Load());
    }
}

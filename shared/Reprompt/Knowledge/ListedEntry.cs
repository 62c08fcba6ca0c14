namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>A line of the lexicon about food, taste, texture or temperature, with every name that it lists.</summary>
/// <param name="English">Without the marks <c>~</c> and <c>=</c>; the first is what the entry is called.</param>
internal sealed record ListedEntry(LexiconEntry Entry, string[] English, string[] Spanish)
{
    public string NameIn(Language language) => language == Language.English ? English[0] : Spanish[0];
}

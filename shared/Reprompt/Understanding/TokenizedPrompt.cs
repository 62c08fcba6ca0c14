namespace AudioReprompt.Reprompt.Understanding;

/// <summary>A word or a pictograph of a prompt.</summary>
/// <param name="Start">Index of its first UTF-16 code unit in the prompt.</param>
/// <param name="End">Index after its last.</param>
/// <param name="FoldedStart">Where it begins in <see cref="TokenizedPrompt.FoldedText"/>.</param>
/// <param name="FoldedEnd">Where it ends there.</param>
/// <param name="AccentedStart">Where it begins in the accented text.</param>
/// <param name="AccentedEnd">Where it ends there.</param>
/// <param name="AfterBreak">Punctuation stands between it and the token before it.</param>
/// <param name="HasAccent">An accent was folded away.</param>
internal sealed record Token(
    int Start, int End, int FoldedStart, int FoldedEnd, int AccentedStart, int AccentedEnd, bool AfterBreak, bool HasAccent);

/// <summary>A prompt as folded words, each tied to its place in the original.</summary>
/// <param name="prompt">As the user wrote it.</param>
/// <param name="folded">The words in lower case without accents, one space between two, so that a run of words is a slice.</param>
/// <param name="accented">The same with an apostrophe after every letter that had an accent: tells <c>té</c> from <c>te</c>.</param>
internal sealed class TokenizedPrompt(string prompt, string folded, string accented, List<Token> tokens)
{
    public string Prompt => prompt;

    public string FoldedText => folded;

    public int Count => tokens.Count;

    public Token this[int position] => tokens[position];

    public ReadOnlySpan<char> Folded(int position, int count) =>
        folded.AsSpan(tokens[position].FoldedStart..tokens[position + count - 1].FoldedEnd);

    public ReadOnlySpan<char> Accented(int position, int count) =>
        accented.AsSpan(tokens[position].AccentedStart..tokens[position + count - 1].AccentedEnd);

    public bool HasAccent(int position, int count)
    {
        for (var token = position; token < position + count; token++)
        {
            if (tokens[token].HasAccent) return true;
        }

        return false;
    }

    /// <summary>How many tokens from this one on stand together without punctuation, at most <paramref name="longest"/>.</summary>
    public int WordsUpToBreak(int position, int longest)
    {
        var count = 1;
        while (count < longest && position + count < tokens.Count && !tokens[position + count].AfterBreak) count++;
        return Math.Min(count, longest);
    }
}

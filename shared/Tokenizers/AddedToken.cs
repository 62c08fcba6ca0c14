namespace AudioReprompt.Tokenizers;

/// <summary>
/// A text that is one token wherever it stands, cut out before the model sees the rest (<c>added_tokens</c> in the file).
/// </summary>
/// <param name="SingleWord">Only where neither neighbour is a word character.</param>
/// <param name="StripLeft">White space before it belongs to it (<c>lstrip</c>).</param>
/// <param name="StripRight">White space behind it belongs to it (<c>rstrip</c>).</param>
/// <param name="Normalized">Looked for in the normalised text, by its normalised content.</param>
internal sealed record AddedToken(int Id, string Content, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized)
{
    /// <summary>
    /// Reads the list; the special ones come first, which decides between two of equal content. Ids are checked against the model's.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="vocabulary">The model's own tokens.</param>
    public static IReadOnlyList<AddedToken> ReadAll(JsonValue file, IVocabulary vocabulary)
    {
        if (file.Optional("added_tokens") is not { } list) return [];
        var special = new List<AddedToken>();
        var others = new List<AddedToken>();
        foreach (var item in list.Items())
        {
            var token = Read(item, vocabulary);
            if (token.Content.Length > 0) (item.Boolean("special", false) ? special : others).Add(token);
        }

        return [.. special, .. others];
    }

    private static AddedToken Read(JsonValue item, IVocabulary vocabulary)
    {
        var id = item.Member("id");
        var content = item.Member("content").Text();
        var known = vocabulary.IdOf(content);
        if (known != PieceTrie.None && known != id.Id()) throw id.Error($"is {id.Id()}, but {known} in the model's vocabulary.");
        if (known == PieceTrie.None && vocabulary.Contains(id.Id()))
        {
            throw id.Error($"is {id.Id()}, which another token of the model's vocabulary has.");
        }

        return new AddedToken(
            id.Id(),
            content,
            item.Boolean("single_word", false),
            item.Boolean("lstrip", false),
            item.Boolean("rstrip", false),
            item.Boolean("normalized", true));
    }
}

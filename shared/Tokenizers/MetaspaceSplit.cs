using System.Buffers;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// Cuts a text into words the way SentencePiece models expect: a visible mark (▁) stands for the space before a word, and each word
/// begins at a mark (<c>pre_tokenizer</c> in the file: <c>Metaspace</c>, alone or behind <c>WhitespaceSplit</c>).
/// </summary>
/// <param name="Whitespace">White space parts words first, and is gone.</param>
/// <param name="Mark">What a space becomes; null where the file asks for no marks.</param>
/// <param name="Prepend">Where a mark is put in front of a text that has none.</param>
/// <param name="SplitAtMarks">False: a text with marks stays one word.</param>
internal sealed record MetaspaceSplit(bool Whitespace, char? Mark, PrependScheme Prepend, bool SplitAtMarks)
{
    private const string Supported = "one of Metaspace, WhitespaceSplit, Sequence";

    /// <exception cref="InvalidDataException">A type, an order or a setting that is not supported.</exception>
    public static MetaspaceSplit Read(JsonValue file)
    {
        var split = new MetaspaceSplit(false, null, PrependScheme.Never, false);
        return file.Optional("pre_tokenizer") is { } preTokenizer ? Add(split, preTokenizer) : split;
    }

    /// <summary>Replaces spaces by marks and puts one in front where the file says so.</summary>
    /// <param name="atStart">The text is the beginning of what the user wrote.</param>
    public void AppendMarked(ReadOnlySpan<char> text, bool atStart, ArrayBufferWriter<char> output)
    {
        if (Mark is not { } mark || text.IsEmpty)
        {
            output.Write(text);
            return;
        }

        var prepend = Prepend == PrependScheme.Always || (Prepend == PrependScheme.First && atStart);
        if (prepend && text[0] != mark && text[0] != ' ') output.Write([mark]);
        text.Replace(output.GetSpan(text.Length), ' ', mark);
        output.Advance(text.Length);
    }

    /// <summary>UTF-16 units of the first word of a marked text.</summary>
    public int WordLength(ReadOnlySpan<char> marked)
    {
        if (!SplitAtMarks || Mark is not { } mark) return marked.Length;
        var next = marked[1..].IndexOf(mark);
        return next < 0 ? marked.Length : next + 1;
    }

    private static MetaspaceSplit Add(MetaspaceSplit split, JsonValue step)
    {
        var type = step.Member("type");
        return type.Text() switch
        {
            "Sequence" => step.Member("pretokenizers").Items().Aggregate(split, Add),
            "WhitespaceSplit" when split.Mark is null => split with { Whitespace = true },
            "Metaspace" when split.Mark is null => WithMarks(split, step),
            "WhitespaceSplit" or "Metaspace" =>
                throw type.Error($"is {type.Text()} behind a Metaspace; needed is at most one Metaspace, at the end."),
            _ => throw type.Expected(Supported),
        };
    }

    private static MetaspaceSplit WithMarks(MetaspaceSplit split, JsonValue step)
    {
        var replacement = step.Member("replacement");
        if (replacement.Text() is not [var mark] || char.IsSurrogate(mark)) throw replacement.Expected("one character");
        return split with { Mark = mark, Prepend = ReadPrepend(step), SplitAtMarks = step.Boolean("split", true) };
    }

    /// <summary>Older files say <c>add_prefix_space</c>, newer ones <c>prepend_scheme</c>, some both.</summary>
    private static PrependScheme ReadPrepend(JsonValue step)
    {
        var prefix = step.Boolean("add_prefix_space", true);
        if (step.Optional("prepend_scheme") is not { } scheme) return prefix ? PrependScheme.Always : PrependScheme.Never;
        var prepend = scheme.Text() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw scheme.Expected("one of always, first, never"),
        };
        return prefix || prepend == PrependScheme.Never ? prepend : throw scheme.Error("does not go with add_prefix_space: false.");
    }
}

/// <summary>Where a word mark is put in front of a text that has none.</summary>
internal enum PrependScheme
{
    /// <summary>In front of each part between added tokens.</summary>
    Always,

    /// <summary>Only where the user's text begins.</summary>
    First,

    Never,
}

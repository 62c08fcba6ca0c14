using System.Buffers;

namespace AudioReprompt.Tokenizers;

/// <summary>The tokenizer of T5, and so of MusicGen: a SentencePiece unigram model.</summary>
public sealed class UnigramTokenizer : Tokenizer
{
    internal const string ModelType = "Unigram";

    /// <summary>Unicode's White_Space, all of it in the first plane.</summary>
    private static readonly SearchValues<char> WhiteSpace = SearchValues.Create(
        "\t\n\v\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000");

    private readonly UnigramModel _model;
    private readonly MetaspaceSplit _split;

    internal UnigramTokenizer(JsonValue file) : this(file, UnigramModel.Read(RequireModel(file, ModelType)))
    {
    }

    private UnigramTokenizer(JsonValue file, UnigramModel model) : base(file, model)
    {
        _model = model;
        _split = MetaspaceSplit.Read(file);
    }

    /// <summary>Reads a <c>tokenizer.json</c> whose model is Unigram.</summary>
    /// <inheritdoc cref="Tokenizer.Load" path="/exception"/>
    public static new UnigramTokenizer Load(string path) => JsonValue.Read(path, file => new UnigramTokenizer(file));

    private protected override void EncodePart(ReadOnlySpan<char> part, bool atStart, int enough, Scratch scratch)
    {
        if (!_split.Whitespace)
        {
            EncodeMarked(part, atStart, enough, scratch);
            return;
        }

        for (var rest = part.TrimStart(); !rest.IsEmpty && scratch.Ids.Count < enough; rest = rest.TrimStart())
        {
            var length = rest.IndexOfAny(WhiteSpace);
            if (length < 0) length = rest.Length;
            EncodeMarked(rest[..length], atStart && rest.Length == part.Length, enough, scratch);
            rest = rest[length..];
        }
    }

    private void EncodeMarked(ReadOnlySpan<char> text, bool atStart, int enough, Scratch scratch)
    {
        scratch.Words.ResetWrittenCount();
        _split.AppendMarked(text, atStart, scratch.Words);
        var marked = scratch.Words.WrittenSpan;
        while (!marked.IsEmpty && scratch.Ids.Count < enough)
        {
            var length = _split.WordLength(marked);
            _model.Append(marked[..length], scratch.Path(length + 1), scratch.Ids);
            marked = marked[length..];
        }
    }
}

using System.Buffers;

namespace AudioReprompt.Tokenizers;

/// <summary>The tokenizer of RoBERTa, and so of CLAP's text tower: byte pair encoding over bytes, which knows every text.</summary>
public sealed class ByteLevelBpeTokenizer : Tokenizer
{
    internal const string ModelType = "BPE";

    private readonly BytePairModel _model;
    private readonly ByteLevelSplit _split;

    internal ByteLevelBpeTokenizer(JsonValue file) : this(file, BytePairModel.Read(RequireModel(file, ModelType)))
    {
    }

    private ByteLevelBpeTokenizer(JsonValue file, BytePairModel model) : base(file, model)
    {
        _model = model;
        model.RequireIdsBelow(VocabularySize, file.Member("model"));
        _split = ByteLevelSplit.Read(file);
    }

    /// <summary>Reads a <c>tokenizer.json</c> whose model is BPE over bytes.</summary>
    /// <inheritdoc cref="Tokenizer.Load" path="/exception"/>
    public static new ByteLevelBpeTokenizer Load(string path) => JsonValue.Read(path, file => new ByteLevelBpeTokenizer(file));

    private protected override void EncodePart(ReadOnlySpan<char> part, bool atStart, int enough, Scratch scratch)
    {
        if (_split.AddPrefixSpace && part[0] != ' ')
        {
            scratch.Words.ResetWrittenCount();
            scratch.Words.Write(" ");
            scratch.Words.Write(part);
            part = scratch.Words.WrittenSpan;
        }

        while (!part.IsEmpty && scratch.Ids.Count < enough)
        {
            var length = _split.WordLength(part);
            _model.Append(scratch.Utf8(part[..length]), scratch.Merging, scratch.Ids);
            part = part[length..];
        }
    }
}

namespace AudioReprompt.Tokenizers;

/// <summary>
/// The special tokens around one text (<c>post_processor</c> in the file): T5 puts <c>&lt;/s&gt;</c> behind it, RoBERTa
/// <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> around it.
/// </summary>
internal sealed record SpecialTokenFrame(IReadOnlyList<int> Before, IReadOnlyList<int> Behind)
{
    private static SpecialTokenFrame Nothing { get; } = new([], []);

    public int Count => Before.Count + Behind.Count;

    /// <param name="file">The whole file.</param>
    /// <param name="vocabularySize">Ids are below it.</param>
    /// <exception cref="InvalidDataException">A type that is not supported, or an id that no token has.</exception>
    public static SpecialTokenFrame Read(JsonValue file, int vocabularySize) =>
        file.Optional("post_processor") is { } processor ? Read(processor, Nothing, vocabularySize) : Nothing;

    private static SpecialTokenFrame Read(JsonValue processor, SpecialTokenFrame inner, int vocabularySize)
    {
        switch (processor.Type())
        {
            // Moves offsets only.
            case "ByteLevel":
                return inner;
            case "Sequence":
                return processor.Member("processors").Items().Aggregate(inner, (frame, step) => Read(step, frame, vocabularySize));
            case "TemplateProcessing":
                return Template(processor, inner, vocabularySize);
            case "RobertaProcessing" or "BertProcessing":
                var begin = Named(processor.Member("cls"), vocabularySize);
                var end = Named(processor.Member("sep"), vocabularySize);
                return new SpecialTokenFrame([begin, .. inner.Before], [.. inner.Behind, end]);
            default:
                throw processor.Member("type").Expected(
                    "one of TemplateProcessing, RobertaProcessing, BertProcessing, ByteLevel, Sequence");
        }
    }

    private static SpecialTokenFrame Template(JsonValue processor, SpecialTokenFrame inner, int vocabularySize)
    {
        var single = processor.Member("single");
        var before = new List<int>();
        List<int>? behind = null;
        foreach (var item in single.Items())
        {
            if (item.Optional("SpecialToken") is { } special)
            {
                var name = special.Member("id").Text();
                var ids = processor.Member("special_tokens").Member(name).Member("ids");
                foreach (var id in ids.Items()) (behind ?? before).Add(InRange(id, vocabularySize));
            }
            else if (behind is null && item.Member("Sequence").Member("id").Text() == "A")
            {
                behind = [];
            }
            else
            {
                throw item.Error("is a second sequence; needed is the text once.");
            }
        }

        if (behind is null) throw single.Error("does not contain the text, sequence A.");
        return new SpecialTokenFrame([.. before, .. inner.Before], [.. inner.Behind, .. behind]);
    }

    /// <summary><c>["&lt;/s&gt;", 2]</c>.</summary>
    private static int Named(JsonValue pair, int vocabularySize) =>
        pair.Items() is [_, var id] ? InRange(id, vocabularySize) : throw pair.Expected("a token and its id");

    /// <exception cref="InvalidDataException">No token has this id.</exception>
    public static int InRange(JsonValue id, int vocabularySize) =>
        id.Id() < vocabularySize ? id.Id() : throw id.Error($"is {id.Id()}; needed is an id below {vocabularySize}, the number of tokens.");
}

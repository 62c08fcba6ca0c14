using System.Buffers;

namespace AudioReprompt.Tokenizers;

/// <summary>A rewriting of the text before it is cut into pieces (<c>normalizer</c> in the file).</summary>
internal abstract class Normalizer
{
    /// <summary>Appends the rewritten text.</summary>
    public abstract void Apply(ReadOnlySpan<char> text, ArrayBufferWriter<char> output);

    /// <summary>The steps in order, sequences laid flat; empty where the file asks for none.</summary>
    /// <exception cref="InvalidDataException">A type or a pattern that is not supported, or a broken charsmap.</exception>
    public static IReadOnlyList<Normalizer> ReadAll(JsonValue file) =>
        file.Optional("normalizer") is { } normalizer ? [.. Steps(normalizer)] : [];

    private static IEnumerable<Normalizer> Steps(JsonValue normalizer) => normalizer.Type() switch
    {
        "Sequence" => normalizer.Member("normalizers").Items().SelectMany(Steps),
        "Precompiled" => [PrecompiledCharsmap.Read(normalizer.Member("precompiled_charsmap"))],
        "Strip" => [new StripNormalizer(normalizer.Boolean("strip_left", true), normalizer.Boolean("strip_right", true))],
        "Replace" => [ReplaceNormalizer.Read(normalizer)],
        _ => throw normalizer.Member("type").Expected("one of Sequence, Precompiled, Strip, Replace"),
    };
}

/// <summary>Takes white space away at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override void Apply(ReadOnlySpan<char> text, ArrayBufferWriter<char> output)
    {
        if (left) text = text.TrimStart();
        if (right) text = text.TrimEnd();
        output.Write(text);
    }
}

using System.Buffers;
using System.Text.RegularExpressions;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// Writes something else in place of a text, or of a run of one character. Of regular expressions only those runs are read
/// (<c> {2,}</c> is what converted T5 files ask for): another engine's expressions cannot be taken over in general.
/// </summary>
/// <param name="sought">Not empty; one character where <paramref name="least"/> is not 0.</param>
/// <param name="least">The shortest run, or 0 where <paramref name="sought"/> is a text.</param>
internal sealed partial class ReplaceNormalizer(string sought, int least, string content) : Normalizer
{
    public static ReplaceNormalizer Read(JsonValue normalizer)
    {
        var pattern = normalizer.Member("pattern");
        var content = normalizer.Member("content").Text();
        if (pattern.Optional("String") is { } literal)
        {
            return literal.Text().Length > 0
                ? new ReplaceNormalizer(literal.Text(), 0, content)
                : throw literal.Expected("a text that is not empty");
        }

        var expression = pattern.Member("Regex");
        var run = RunPattern().Match(expression.Text());
        if (!run.Success || content.Contains('$'))
        {
            throw expression.Expected("a run of one character, such as \" {2,}\" or \"_+\", without $ in the content");
        }

        if (!run.Groups["least"].Success) return new ReplaceNormalizer(run.Groups["character"].Value, 1, content);
        return int.TryParse(run.Groups["least"].ValueSpan, out var least) && least > 0
            ? new ReplaceNormalizer(run.Groups["character"].Value, least, content)
            : throw expression.Expected("a run of at least one character");
    }

    public override void Apply(ReadOnlySpan<char> text, ArrayBufferWriter<char> output)
    {
        for (var at = text.IndexOf(sought); at >= 0; at = text.IndexOf(sought))
        {
            output.Write(text[..at]);
            text = text[at..];
            var length = least == 0 ? sought.Length : RunLength(text);
            if (length >= least) output.Write(content);
            else output.Write(text[..length]);
            text = text[length..];
        }

        output.Write(text);
    }

    private int RunLength(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(sought[0]);
        return end < 0 ? text.Length : end;
    }

    /// <summary>A character that means itself, then <c>+</c> or <c>{n,}</c>.</summary>
    [GeneratedRegex(@"^(?<character>[^\\.^$|?*+()[\]{}\ud800-\udfff])(\+|\{(?<least>[0-9]+),\})\z", RegexOptions.ExplicitCapture)]
    private static partial Regex RunPattern();
}

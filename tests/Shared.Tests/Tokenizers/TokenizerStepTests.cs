using System.Buffers;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>The steps in front of the models, where the ids alone would hide a difference.</summary>
public sealed class TokenizerStepTests
{
    [Fact]
    public void PrecompiledCharsmap_EveryGolden_GivesTheReferenceText()
    {
        var charsmap = Assert.Single(JsonValue.Read(TokenizerFixtures.File("tokenizers", "unigram", "tokenizer.json"), Normalizer.ReadAll));

        var different = TokenizerFixtures.Rows("unigram").Where(row => Apply(charsmap, row.Text) != row.Normalized).Select(row => row.Text);

        Assert.Empty(different);
    }

    [Fact]
    public void ByteLevelSplit_EveryGolden_CutsAsTheReference()
    {
        var split = new ByteLevelSplit(AddPrefixSpace: false, UseExpression: true);
        var rows = TokenizerFixtures.Rows("bytebpe").Where(row => row.Pieces is not null).ToArray();

        Assert.True(rows.Length > 300, $"{rows.Length} rows have pieces");
        Assert.All(rows, row => Assert.Equal(row.Pieces, Words(split, row.Text)));
    }

    [Theory]
    [InlineData("""{"type":"Strip"}""", " \t a b \u3000", "a b")]
    [InlineData("""{"type":"Strip","strip_left":false,"strip_right":true}""", " a ", " a")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":false}""", " a ", "a ")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}""", "  a b   c ", "▁a b▁c ")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"_+"},"content":""}""", "a__b_", "ab")]
    [InlineData("""{"type":"Replace","pattern":{"String":"aa"},"content":"b"}""", "aaaa a", "bb a")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":"a"},"content":" "},{"type":"Strip"}]}""", "aba", "b")]
    public void Normalizer_PlainForms_RewriteTheText(string normalizer, string text, string expected)
    {
        var steps = Read(TokenizerFile.Unigram().With("normalizer", normalizer).Text());

        Assert.Equal(expected, steps.Aggregate(text, (current, step) => Apply(step, current)));
    }

    private static IReadOnlyList<Normalizer> Read(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return Normalizer.ReadAll(new JsonValue(document.RootElement, "tokenizer.json", ""));
    }

    private static string Apply(Normalizer normalizer, string text)
    {
        var output = new ArrayBufferWriter<char>();
        normalizer.Apply(text, output);
        return output.WrittenSpan.ToString();
    }

    private static List<string> Words(ByteLevelSplit split, string text)
    {
        var words = new List<string>();
        for (var start = 0; start < text.Length; start += words[^1].Length)
        {
            words.Add(text.Substring(start, split.WordLength(text.AsSpan(start))));
        }

        return words;
    }
}

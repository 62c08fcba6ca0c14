using System.Text.Json.Nodes;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>
/// The flags of added tokens and the settings of the models, on the small files of <see cref="TokenizerFile"/>. The expected ids follow
/// from the rules in the reference data's README and from how the tokenizers library documents each flag.
/// </summary>
public sealed class AddedTokenTests
{
    private const int X = 8;
    private const int Mark = 3;
    private const int A = 4;
    private const int MarkAb = 7;

    [Fact]
    public void Encode_TokenInsideAWord_IsCutOut() => Assert.Equal([MarkAb, X, Mark, A], Encode(TokenizerFile.Unigram(), "ab<x>a"));

    [Theory]
    [InlineData("ab<x>a")]
    [InlineData("<x>a")]
    [InlineData("a<x>")]
    [InlineData("é<x>")]
    [InlineData("<x>_")]
    [InlineData("<x>\u0301")]
    [InlineData("9<x>")]
    public void Encode_SingleWordNextToAWordCharacter_IsText(string text) =>
        Assert.DoesNotContain(X, Encode(TokenizerFile.Unigram().With("added_tokens[2].single_word", "true"), text));

    [Theory]
    [InlineData("<x>")]
    [InlineData("a <x> b")]
    [InlineData("-<x>.")]
    [InlineData("😀<x>😀")]
    public void Encode_SingleWordAlone_IsTheToken(string text) =>
        Assert.Contains(X, Encode(TokenizerFile.Unigram().With("added_tokens[2].single_word", "true"), text));

    [Theory]
    [InlineData("false", "false", new[] { MarkAb, Mark, X, Mark, Mark, A })]
    [InlineData("true", "false", new[] { MarkAb, X, Mark, Mark, A })]
    [InlineData("false", "true", new[] { MarkAb, Mark, X, Mark, A })]
    [InlineData("true", "true", new[] { MarkAb, X, Mark, A })]
    public void Encode_StripFlags_SwallowWhiteSpace(string left, string right, int[] expected) =>
        Assert.Equal(expected, Encode(WithStrips(left, right), "ab <x>  a"));

    [Fact]
    public void Encode_TwoTokensWithStrippedSpaceBetween_ShareIt() =>
        Assert.Equal([X, X], Encode(WithStrips("true", "true"), " <x>   <x> "));

    /// <summary>With the token's own content "&lt;X&gt;" rewritten to "&lt;x&gt;", as the text is.</summary>
    [Theory]
    [InlineData("true", "<x>", true)]
    [InlineData("true", "<X>", true)]
    [InlineData("false", "<x>", false)]
    [InlineData("false", "<X>", true)]
    public void Encode_NormalizedToken_IsSoughtInTheNormalizedText(string normalized, string text, bool found)
    {
        var file = TokenizerFile.Unigram()
            .With("normalizer", """{"type":"Replace","pattern":{"String":"X"},"content":"x"}""")
            .With("added_tokens[2].content", "\"<X>\"")
            .With("added_tokens[2].normalized", normalized);

        Assert.Equal(found, Encode(file, text).Contains(X));
    }

    [Fact]
    public void Encode_TokensThatBeginAlike_TakesTheLongest()
    {
        var file = TokenizerFile.Unigram();
        file["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{ "id": 9, "content": "<x>ab", "normalized": false }"""));

        Assert.Equal([9, X, Mark, A], Encode(file, "<x>ab<x>a"));
    }

    [Fact]
    public void Encode_UnknownText_IsOneUnknown() => Assert.Equal([Mark, 2, A], Encode(TokenizerFile.Unigram(), "çé😀a"));

    [Fact]
    public void Encode_ByteFallback_SpellsUnknownTextInBytes()
    {
        var file = TokenizerFile.Unigram().With("model.byte_fallback", "true").With("added_tokens[2].id", "10");
        file["model"]!["vocab"]!.AsArray().Add(JsonNode.Parse("[\"<0xC3>\",-9]"));
        file["model"]!["vocab"]!.AsArray().Add(JsonNode.Parse("[\"<0xA9>\",-9]"));

        Assert.Equal([Mark, 8, 9, 8, 9, A], Encode(file, "ééa"));
        Assert.Equal([Mark, 2, A], Encode(file, "éça"));
    }

    [Fact]
    public void Encode_OneWord_MergesByRankNotByLength()
    {
        Assert.Equal([260], Encode(TokenizerFile.ByteLevelBpe(), "abc"));
        var spaceFirst = TokenizerFile.ByteLevelBpe().With("model.merges", """["Ġ a", "a b", "ab c"]""");
        Assert.Equal([261, 'b' + 3, 'c' + 3], Encode(spaceFirst, " abc"));
    }

    [Fact]
    public void Encode_IgnoreMerges_TakesTheWholeWord()
    {
        var file = TokenizerFile.ByteLevelBpe().With("model.merges", "[]");

        Assert.Equal(['a' + 3, 'b' + 3, 'c' + 3], Encode(file, "abc"));
        Assert.Equal([260], Encode(file.With("model.ignore_merges", "true"), "abc"));
    }

    [Fact]
    public void Encode_AddPrefixSpace_PutsOneBeforeEachPart()
    {
        var file = TokenizerFile.ByteLevelBpe().With("pre_tokenizer.add_prefix_space", "true");

        Assert.Equal([261, 262, 261], Encode(file, "a<mask> a"));
        Assert.Equal([], Encode(file, ""));
    }

    [Fact]
    public void Load_MergesOfAnOldFile_SkipsTheVersionLine() =>
        Assert.Equal([260], Encode(TokenizerFile.ByteLevelBpe().With("model.merges", """["#version: 0.2", "a b", "ab c"]"""), "abc"));

    [Fact]
    public void Load_OldFilesWithoutType_AreToldByTheVocabulary()
    {
        Assert.IsType<UnigramTokenizer>(TokenizerFile.Load(TokenizerFile.Unigram().With("model.type", null)));
        Assert.IsType<ByteLevelBpeTokenizer>(TokenizerFile.Load(TokenizerFile.ByteLevelBpe().With("model.type", null)));
    }

    [Fact]
    public void Encode_PostProcessorsInSequence_PutTheirTokensAround()
    {
        var file = TokenizerFile.ByteLevelBpe();
        var roberta = file["post_processor"]!.ToJsonString();

        var both = file.With("post_processor", $$"""{"type":"Sequence","processors":[{"type":"ByteLevel"},{{roberta}}]}""");
        Assert.Equal([0, 'b' + 3, 2], TokenizerFile.Load(both).Encode("b"));
        Assert.Equal(['b' + 3], TokenizerFile.Load(file.With("post_processor", null)).Encode("b"));
    }

    private static JsonNode WithStrips(string left, string right) =>
        TokenizerFile.Unigram().With("added_tokens[2].lstrip", left).With("added_tokens[2].rstrip", right);

    private static int[] Encode(JsonNode file, string text) => TokenizerFile.Load(file).EncodeContent(text);
}

using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>Golden ids: fixtures/tokenizers/unigram and the prompts of fixtures/musicgen-tiny, both made with tokenizers 0.22.2.</summary>
public sealed class UnigramTokenizerTests
{
    private static readonly UnigramTokenizer Published =
        UnigramTokenizer.Load(TokenizerFixtures.File("tokenizers", "unigram", "tokenizer.json"));

    private static readonly UnigramTokenizer Converted =
        UnigramTokenizer.Load(TokenizerFixtures.File("tokenizers", "unigram", "tokenizer_converted.json"));

    [Fact]
    public void EncodeContent_EveryGolden_GivesTheReferenceIds() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("unigram"), row => row.Ids, text => Published.EncodeContent(text));

    [Fact]
    public void EncodeContent_ConvertedFile_GivesTheReferenceIds() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("unigram"), row => row.Converted, text => Converted.EncodeContent(text));

    [Fact]
    public void EncodeContent_PrependFirst_GivesTheReferenceIds()
    {
        var file = JsonNode.Parse(File.ReadAllBytes(TokenizerFixtures.File("tokenizers", "unigram", "tokenizer_converted.json")))!;
        var tokenizer = TokenizerFile.Load(file.With("pre_tokenizer.prepend_scheme", "\"first\""));

        TokenizerFixtures.AssertEveryRow(
            TokenizerFixtures.Rows("unigram"), row => row.ConvertedNotLegacy, text => tokenizer.EncodeContent(text));
    }

    [Fact]
    public void Encode_EveryGolden_EndsWithTheEndToken() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("unigram"), row => row.Special, text => Published.Encode(text));

    [Fact]
    public void Encode_LongerThanTheMaximum_KeepsTheEndToken() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("unigram"), row => row.Truncated, text => Published.Encode(text, 256));

    [Theory]
    [InlineData("musicgen-tiny")]
    [InlineData("musicgen-tiny-stereo")]
    public void Encode_MusicGenPrompts_GivesTheReferenceIds(string folder)
    {
        var tokenizer = Tokenizer.Load(TokenizerFixtures.File(folder, "tokenizer.json"));
        var prompts = TokenizerFixtures.Prompts(folder);

        Assert.Equal(3, prompts.Length);
        for (var prompt = 0; prompt < prompts.Length; prompt++)
        {
            var expected = Npy.Read<long>(TokenizerFixtures.File(folder, "golden", $"prompt{prompt}_input_ids.npy"));
            Assert.Equal(expected.Values, tokenizer.Encode(prompts[prompt], 512).Select(id => (long)id));
        }
    }

    [Theory]
    [InlineData("musicgen-tiny")]
    [InlineData("musicgen-tiny-stereo")]
    public void EncodeBatch_MusicGenPrompts_PadsAsTheReference(string folder)
    {
        var tokenizer = Tokenizer.Load(TokenizerFixtures.File(folder, "tokenizer.json"));
        var ids = Npy.Read<long>(TokenizerFixtures.File(folder, "golden", "batch_input_ids.npy"));
        var mask = Npy.Read<long>(TokenizerFixtures.File(folder, "golden", "batch_attention_mask.npy"));

        var batch = tokenizer.EncodeBatch(TokenizerFixtures.Prompts(folder)[..ids.Shape[0]], 512);

        Assert.Equal(ids.Shape, [batch.Rows, batch.Length]);
        Assert.Equal(ids.Values, batch.InputIds);
        Assert.Equal(mask.Values, batch.AttentionMask);
    }

    /// <summary>Written here and not in an attribute: those are stored in UTF-8, which has no such halves.</summary>
    [Fact]
    public void Encode_HalfASurrogatePair_CountsAsTheReplacementCharacter()
    {
        foreach (var (text, replaced) in new[]
        {
            ("sweet \ud83c music", "sweet \ufffd music"),
            ("\udfb7sweet", "\ufffdsweet"),
            ("a</s>\ud800<mask>", "a</s>\ufffd<mask>"),
            ("😀\ud800\ud800😀\ud83d", "😀\ufffd\ufffd😀\ufffd"),
        })
        {
            Assert.Contains(text, char.IsSurrogate);
            Assert.Equal(Published.Encode(replaced), Published.Encode(text));
            Assert.Equal(Converted.Encode(replaced), Converted.Encode(text));
        }
    }

    [Fact]
    public void Encode_MaximumOfTheEndTokenAlone_GivesIt() => Assert.Equal([1], Published.Encode("sweet music", 1));

    [Fact]
    public void Encode_NoRoomForTheEndToken_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Published.Encode("sweet music", 0));

    [Fact]
    public void VocabularySize_Fixture_CountsPiecesAndSentinelsOnce()
    {
        Assert.Equal(8100, Published.VocabularySize);
        Assert.Equal(0, Published.PaddingId);
        Assert.Equal(1, Published.IdOf("</s>"));
        Assert.Equal(8099, Published.IdOf("<extra_id_0>"));
        Assert.Null(Published.IdOf("no such token"));
    }
}

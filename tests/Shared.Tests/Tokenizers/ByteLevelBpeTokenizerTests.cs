using AudioReprompt.TestSupport;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>Golden ids: fixtures/tokenizers/bytebpe and the texts of fixtures/clap-tiny, both made with tokenizers 0.22.2.</summary>
public sealed class ByteLevelBpeTokenizerTests
{
    /// <summary>Merges as ["a", "b"].</summary>
    private static readonly ByteLevelBpeTokenizer Pairs =
        ByteLevelBpeTokenizer.Load(TokenizerFixtures.File("tokenizers", "bytebpe", "tokenizer.json"));

    /// <summary>The same model, merges as "a b".</summary>
    private static readonly ByteLevelBpeTokenizer Strings =
        ByteLevelBpeTokenizer.Load(TokenizerFixtures.File("clap-tiny", "tokenizer.json"));

    [Fact]
    public void EncodeContent_EveryGolden_GivesTheReferenceIds() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("bytebpe"), row => row.Ids, text => Pairs.EncodeContent(text));

    [Fact]
    public void EncodeContent_MergesAsStrings_GivesTheReferenceIds() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("bytebpe"), row => row.Ids, text => Strings.EncodeContent(text));

    [Fact]
    public void Encode_EveryGolden_StandsBetweenBeginAndEnd() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("bytebpe"), row => row.Special, text => Pairs.Encode(text));

    [Fact]
    public void Encode_LongerThanTheMaximum_KeepsBeginAndEnd() =>
        TokenizerFixtures.AssertEveryRow(TokenizerFixtures.Rows("bytebpe"), row => row.Truncated, text => Pairs.Encode(text, 512));

    [Fact]
    public void EncodeBatch_ClapTexts_PadsToTheLongest()
    {
        var ids = Npy.Read<long>(TokenizerFixtures.File("clap-tiny", "goldens", "text_input_ids.npy"));
        var mask = Npy.Read<long>(TokenizerFixtures.File("clap-tiny", "goldens", "text_attention_mask.npy"));

        var batch = Strings.EncodeBatch(ClapTexts, 512);

        Assert.Equal(ids.Shape, [batch.Rows, batch.Length]);
        Assert.Equal(ids.Values, batch.InputIds);
        Assert.Equal(mask.Values, batch.AttentionMask);
    }

    /// <summary>The habit of the laion_clap package.</summary>
    [Fact]
    public void EncodeBatch_FixedLength_PadsAndTruncatesToIt()
    {
        var ids = Npy.Read<long>(TokenizerFixtures.File("clap-tiny", "goldens", "laion_text_input_ids.npy"));

        var batch = Strings.EncodeBatch(ClapTexts, 77, 77);

        Assert.Equal(ids.Shape, [batch.Rows, batch.Length]);
        Assert.Equal(ids.Values, batch.InputIds);
    }

    [Fact]
    public void EncodeBatch_NoTexts_IsEmpty() => Assert.Equal(0, Pairs.EncodeBatch([], 512).Length);

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
            Assert.Equal(Pairs.Encode(replaced), Pairs.Encode(text));
        }
    }

    private static string[] ClapTexts => TokenizerFixtures.Texts(TokenizerFixtures.File("clap-tiny", "goldens", "goldens.json"), "texts");
}

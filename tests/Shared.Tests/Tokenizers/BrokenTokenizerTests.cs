using System.Buffers.Binary;
using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>What is wrong with a tokenizer.json is said with the file's name and the JSON path.</summary>
public sealed class BrokenTokenizerTests
{
    [Theory]
    [InlineData("model", null, "model is missing")]
    [InlineData("model", "null", "model is missing")]
    [InlineData("model", "7", "model is 7; needed is an object")]
    [InlineData("model.type", "\"WordPiece\"", "model.type is \"WordPiece\"; needed is Unigram or BPE")]
    [InlineData("model.vocab", null, "model.vocab is missing")]
    [InlineData("model.vocab", "{}", "model.vocab is {}; needed is a list")]
    [InlineData("model.vocab", "[]", "model.vocab is empty")]
    [InlineData("model.vocab[5]", "[\"b\"]", "model.vocab[5] is [\"b\"]; needed is a piece and its log probability")]
    [InlineData("model.vocab[5][0]", "7", "model.vocab[5] is [7,-2.5]")]
    [InlineData("model.vocab[5][1]", "\"-2\"", "model.vocab[5] is [\"b\",\"-2\"]")]
    [InlineData("model.vocab[5][1]", "1e999", "model.vocab[5] is [\"b\",1e999]")]
    [InlineData("model.unk_id", null, "model.unk_id is missing")]
    [InlineData("model.unk_id", "8", "model.unk_id is 8; needed is an id below 8")]
    [InlineData("model.unk_id", "-1", "model.unk_id is -1; needed is an id, a whole number from 0")]
    [InlineData("model.byte_fallback", "\"yes\"", "model.byte_fallback is \"yes\"; needed is true or false")]
    [InlineData("added_tokens", "{}", "added_tokens is {}; needed is a list")]
    [InlineData("added_tokens[2].id", "9", "added_tokens has id 9 for \"<x>\"; needed are ids below 9")]
    [InlineData("added_tokens[2].id", "4", "added_tokens[2].id is 4, which another token of the model's vocabulary has")]
    [InlineData("added_tokens[2].id", "1e10", "added_tokens[2].id is 1e10; needed is an id, a whole number from 0")]
    [InlineData("added_tokens[1].id", "0", "added_tokens[1].id is 0, but 1 in the model's vocabulary")]
    [InlineData("added_tokens[1].content", "null", "added_tokens[1].content is missing")]
    [InlineData("added_tokens[1].lstrip", "0", "added_tokens[1].lstrip is 0; needed is true or false")]
    [InlineData("normalizer", "{\"type\":\"NFKC\"}", "normalizer.type is \"NFKC\"; needed is one of Sequence, Precompiled, Strip, Replace")]
    [InlineData("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Strip\"},{\"type\":\"Lowercase\"}]}", "normalizer.normalizers[1].type is \"Lowercase\"")]
    [InlineData("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a|b\"},\"content\":\"\"}", "normalizer.pattern.Regex is \"a|b\"; needed is a run of one character")]
    [InlineData("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {0,}\"},\"content\":\"\"}", "normalizer.pattern.Regex is \" {0,}\"; needed is a run of at least one character")]
    [InlineData("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"\"}", "normalizer.pattern.String is \"\"")]
    [InlineData("normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAA\"}", "normalizer.precompiled_charsmap is not base64")]
    [InlineData("normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAA=\"}", "normalizer.precompiled_charsmap holds 2 bytes, not even a length")]
    [InlineData("pre_tokenizer", "{\"type\":\"Digits\"}", "pre_tokenizer.type is \"Digits\"; needed is one of Metaspace, WhitespaceSplit, Sequence")]
    [InlineData("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Metaspace\",\"replacement\":\"▁\"},{\"type\":\"WhitespaceSplit\"}]}", "pre_tokenizer.pretokenizers[1].type is WhitespaceSplit behind a Metaspace")]
    [InlineData("pre_tokenizer.replacement", "\"__\"", "pre_tokenizer.replacement is \"__\"; needed is one character")]
    [InlineData("pre_tokenizer.prepend_scheme", "\"last\"", "pre_tokenizer.prepend_scheme is \"last\"; needed is one of always, first, never")]
    [InlineData("pre_tokenizer.add_prefix_space", "false", "pre_tokenizer.prepend_scheme does not go with add_prefix_space: false")]
    [InlineData("post_processor.type", "\"Prefix\"", "post_processor.type is \"Prefix\"; needed is one of TemplateProcessing")]
    [InlineData("post_processor.special_tokens", "{}", "post_processor.special_tokens.</s> is missing")]
    [InlineData("post_processor.special_tokens.</s>.ids[0]", "9", "post_processor.special_tokens.</s>.ids[0] is 9; needed is an id below 9")]
    [InlineData("post_processor.single[0]", "{\"SpecialToken\":{\"id\":\"</s>\"}}", "post_processor.single does not contain the text")]
    [InlineData("post_processor.single[1]", "{\"Sequence\":{\"id\":\"B\"}}", "post_processor.single[1] is a second sequence")]
    [InlineData("padding", "{\"pad_id\":-1}", "padding.pad_id is -1")]
    [InlineData("padding", "{\"pad_id\":9}", "padding.pad_id is 9; needed is an id below 9")]
    public void Load_BrokenUnigram_NamesFileAndPath(string path, string? json, string problem) =>
        AssertRefused(TokenizerFile.Unigram().With(path, json), problem);

    [Theory]
    [InlineData("model.vocab", "[]", "model.vocab is []; needed is an object")]
    [InlineData("model.vocab.ab", "-1", "model.vocab[\"ab\"] is -1; needed is an id, a whole number from 0")]
    [InlineData("model.vocab.ab", "1.5", "model.vocab[\"ab\"] is 1.5; needed is an id")]
    [InlineData("model.vocab.ab", "260", "model.vocab[\"abc\"] is 260, as another token is")]
    [InlineData("model.vocab.ab", "5000", "model.vocab has id 5000 for \"ab\"; needed are ids below 263")]
    [InlineData("model.vocab.Ġ", null, "model.vocab lacks the letter Ġ of byte 32")]
    [InlineData("model.merges", null, "model.merges is missing")]
    [InlineData("model.merges[1]", "\"abc\"", "model.merges[1] is \"abc\"; needed is two tokens")]
    [InlineData("model.merges[1]", "\"a b c\"", "model.merges[1] is \"a b c\"; needed is two tokens")]
    [InlineData("model.merges[1]", "[\"a\"]", "model.merges[1] is [\"a\"]; needed is two tokens")]
    [InlineData("model.merges[1]", "[\"a\",7]", "model.merges[1] is [\"a\",7]; needed is two tokens")]
    [InlineData("model.merges[1]", "\"b a\"", "model.merges[1] is \"b a\"; needed is two tokens of model.vocab that make a third")]
    [InlineData("model.dropout", "0.1", "model.dropout is 0.1; needed is null or 0")]
    [InlineData("model.continuing_subword_prefix", "\"##\"", "model.continuing_subword_prefix is \"##\"; needed is null or an empty text")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix is \"</w>\"; needed is null or an empty text")]
    [InlineData("added_tokens[3].id", "261", "added_tokens[3].id is 261, which another token of the model's vocabulary has")]
    [InlineData("added_tokens[3].id", "263", "added_tokens has id 263 for \"<mask>\"; needed are ids below 263")]
    [InlineData("pre_tokenizer", null, "pre_tokenizer is missing")]
    [InlineData("pre_tokenizer.type", "\"Whitespace\"", "pre_tokenizer.type is \"Whitespace\"; needed is ByteLevel")]
    [InlineData("post_processor.sep", "[\"</s>\"]", "post_processor.sep is [\"</s>\"]; needed is a token and its id")]
    [InlineData("post_processor.cls[1]", "263", "post_processor.cls[1] is 263; needed is an id below 263")]
    public void Load_BrokenByteLevelBpe_NamesFileAndPath(string path, string? json, string problem) =>
        AssertRefused(TokenizerFile.ByteLevelBpe().With(path, json), problem);

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("{\"model\":", "is not JSON")]
    [InlineData("[]", "the file is []; needed is a JSON object")]
    [InlineData("{}", "model is missing")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"\\ud800\",0]]}}", "model.vocab[0] is [\"\\ud800\",0]; needed is a piece")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"merges\":[],\"vocab\":{\"\\ud800\":0}}}", "has a name that is no text")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"merges\":[],\"vocab\":{\"a\":0,\"a\":1}}}", "model.vocab has \"a\" twice")]
    [InlineData("{\"model\":{\"vocab\":{}}}", "model has no type, and its vocab and merges do not tell")]
    public void Load_NoTokenizer_NamesFileAndPath(string json, string problem) => AssertRefusedText(json, problem);

    [Fact]
    public void Load_NotUtf8_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("tokenizer.json");
        File.WriteAllBytes(path, [.. "{\"model\":\""u8, 0xFF, .. "\"}"u8]);

        Assert.Equal($"{path} is not UTF-8.", Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path)).Message);
    }

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(TokenizerFixtures.File("no-tokenizer.json")));

    [Fact]
    public void Load_TheOtherKind_IsRefused()
    {
        var unigram = TokenizerFixtures.File("musicgen-tiny", "tokenizer.json");
        var bytes = TokenizerFixtures.File("clap-tiny", "tokenizer.json");

        var asUnigram = Assert.Throws<InvalidDataException>(() => UnigramTokenizer.Load(bytes));
        var asBytes = Assert.Throws<InvalidDataException>(() => ByteLevelBpeTokenizer.Load(unigram));

        Assert.Equal($"{bytes}: model.type is \"BPE\"; needed is Unigram.", asUnigram.Message);
        Assert.Equal($"{unigram}: model.type is \"Unigram\"; needed is BPE.", asBytes.Message);
    }

    public static TheoryData<string, string> Charsmaps => new()
    {
        { Charsmap(2048, 1, 256), "is cut short: a trie of 2048 bytes in" },
        { Charsmap(uint.MaxValue, 1, 256), "is cut short: a trie of 4294967295 bytes in" },
        { Charsmap(0, 1, 0), "has a trie of 0 bytes" },
        { Charsmap(1020, 1, 255), "has a trie of 1020 bytes, no whole number of blocks" },
        { Charsmap(1024, 0, 256), "is cut short: its last replacement does not end" },
        { Charsmap(1024, 1, 256, (0, 1 << 10 << 8)), "has a trie that points outside: unit 0 of 256" },
        { Charsmap(1024, 1, 256, (7, uint.MaxValue >> 1)), "has a trie that points outside: unit 7 of 256" },
        { Charsmap(1024, 2, 256, (0, 1 << 10 | 1 << 8), (1, 1u << 31 | 2)), "has a trie that points outside: unit 0 means byte 2 of 2" },
    };

    [Theory]
    [MemberData(nameof(Charsmaps))]
    public void Load_BrokenCharsmap_NamesFileAndPath(string charsmap, string problem) =>
        AssertRefused(
            TokenizerFile.Unigram().With("normalizer", $$"""{"type":"Precompiled","precompiled_charsmap":"{{charsmap}}"}"""),
            $"normalizer.precompiled_charsmap {problem}");

    /// <summary>Cut at any place the real one is refused, and no walk of it leaves the file.</summary>
    [Fact]
    public void Load_CharsmapOfTheFixtureCutShort_IsRefused()
    {
        var file = JsonNode.Parse(File.ReadAllBytes(TokenizerFixtures.File("musicgen-tiny", "tokenizer.json")))!;
        var whole = Convert.FromBase64String(file.At("normalizer.normalizers[0].precompiled_charsmap")!.GetValue<string>());
        foreach (var length in new[] { 0, 3, 4, 5, 1000, 179_203, 179_204, 179_300, whole.Length / 2, whole.Length - 1 })
        {
            file["normalizer"]!["normalizers"]![0]!["precompiled_charsmap"] = Convert.ToBase64String(whole.AsSpan(0, length));
            AssertRefused(file, "normalizer.normalizers[0].precompiled_charsmap ");
        }
    }

    private static void AssertRefused(JsonNode file, string problem) => AssertRefusedText(file.Text(), problem);

    private static void AssertRefusedText(string json, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("tokenizer.json");
        File.WriteAllText(path, json);

        var message = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path)).Message;

        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    /// <summary>A charsmap in base64 with a trie of zeros but for the units given; its replacements are zeros too.</summary>
    private static string Charsmap(uint declaredBytes, int replacementBytes, int units, params (int Place, uint Unit)[] set)
    {
        var bytes = new byte[4 + 4 * units + replacementBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, declaredBytes);
        foreach (var (place, unit) in set) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + 4 * place), unit);
        return Convert.ToBase64String(bytes);
    }
}

using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.MusicGen.Tests.Text;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Decoding;

public sealed class DecoderTests(Decoders decoders) : IClassFixture<Decoders>
{
    private const double LogitTolerance = 1e-4;

    public static TheoryData<string> Every => ["mono checkpoint", "mono published", "stereo checkpoint"];

    public static TheoryData<string, int, int> EveryCase
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (var decoder in (string[])["mono checkpoint", "mono published", "stereo checkpoint"])
            {
                for (var prompt = 0; prompt < 3; prompt++)
                {
                    cases.Add(decoder, prompt, 3);
                    cases.Add(decoder, prompt, 1);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(EveryCase))]
    public void Run_Greedy_EqualsReference(string decoder, int prompt, int guidance)
    {
        var model = Decoders.ModelOf(decoder);
        var key = $"prompt{prompt}_guidance{guidance}";
        var song = GreedyDecoding.Run(decoders.Get(decoder), model.PromptStates(prompt), guidance, 40);

        var error = TextEncoderTests.AssertClose(model.Floats($"{key}_guided_logits_first4"), [.. song.GuidedLogits.Take(4).SelectMany(logits => logits)], LogitTolerance);
        // The reference's closest choice is further apart than this error could turn.
        Assert.True(model.SmallestMargin(key) > 10 * error, $"an error of {error:E2} against a margin of {model.SmallestMargin(key):E2}");
        Assert.Equal(model.Integers($"{key}_codes"), song.Codes);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Run_TwoSongsTogether_EqualReference(string decoder)
    {
        var model = Decoders.ModelOf(decoder);
        var songs = GreedyDecoding.Run(decoders.Get(decoder), [model.PromptStates(0), model.PromptStates(1)], 3, 40, []);

        Assert.Equal(model.Integers("pair_codes"), songs.SelectMany(song => song.Codes));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Run_KnownFramesFirst_EqualsReference(string decoder)
    {
        var model = Decoders.ModelOf(decoder);
        var song = GreedyDecoding.Continue(decoders.Get(decoder), model.PromptStates(1), 3, 60, model.Integers("continuation_prompt_codes"));

        Assert.Equal(model.Integers("continuation_codes"), song.Codes);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Run_SeveralPositionsAtOnce_LikeOneByOne(string decoder)
    {
        var model = Decoders.ModelOf(decoder);
        var loaded = decoders.Get(decoder);
        var tokens = Tokens(loaded, 24);
        var books = loaded.Config.Codebooks;
        using var atOnce = loaded.Begin(model.PromptStates(0), guided: true, 24);
        using var single = loaded.Begin(model.PromptStates(0), guided: true, 24);
        // Nine on an empty song, then fifteen on one that is not.
        loaded.Run([new DecoderStep(atOnce, tokens.AsMemory(0, 9 * books))]);
        loaded.Run([new DecoderStep(atOnce, tokens.AsMemory(9 * books))]);
        for (var position = 0; position < 24; position++) loaded.Run([new DecoderStep(single, tokens.AsMemory(position * books, books))]);

        Assert.Equal(24, atOnce.Length);
        TextEncoderTests.AssertClose(single.Logits, atOnce.Logits, LogitTolerance);
        TextEncoderTests.AssertClose(single.UnconditionalLogits, atOnce.UnconditionalLogits, LogitTolerance);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Run_BesideOthers_EveryBitAsAlone(string decoder)
    {
        var model = Decoders.ModelOf(decoder);
        var loaded = decoders.Get(decoder);
        var alone = GreedyDecoding.Run(loaded, model.PromptStates(0), 3, 20);
        var beside = GreedyDecoding.Run(loaded, [model.PromptStates(2), model.PromptStates(0), model.PromptStates(1)], 3, 20, [])[1];

        Assert.Equal(alone.GuidedLogits.SelectMany(logits => logits), beside.GuidedLogits.SelectMany(logits => logits));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Run_OneThreadOrTwo_EveryBitEqual(string decoder)
    {
        var model = Decoders.ModelOf(decoder);
        using var cache = new TemporaryFolder();
        using var one = Decoders.Load(decoder, cache.Path, threads: 1);
        using var two = Decoders.Load(decoder, cache.Path, threads: 2);

        Assert.Equal(
            GreedyDecoding.Run(one, model.PromptStates(0), 3, 20).GuidedLogits.SelectMany(logits => logits),
            GreedyDecoding.Run(two, model.PromptStates(0), 3, 20).GuidedLogits.SelectMany(logits => logits));
    }

    [Fact]
    public void Run_BeyondTheExportsTable_GoesOn()
    {
        // 2,048 positions is what the published table has; a prompt takes the song there at once.
        var model = ReferenceModel.Mono;
        var loaded = decoders.Get("mono checkpoint");
        var tokens = Tokens(loaded, 2100);
        using var song = loaded.Begin(model.PromptStates(0), guided: false, 2100);
        using var same = loaded.Begin(model.PromptStates(0), guided: false, 2100);
        loaded.Run([new DecoderStep(song, tokens.AsMemory(0, 2090 * 4)), new DecoderStep(same, tokens)]);
        loaded.Run([new DecoderStep(song, tokens.AsMemory(2090 * 4))]);

        TextEncoderTests.AssertClose(same.Logits, song.Logits, LogitTolerance);
    }

    [Fact]
    public void Run_Float16_StaysNearReference()
    {
        var model = ReferenceModel.Mono;
        var song = GreedyDecoding.Run(decoders.Get("mono float16"), model.PromptStates(0), 1, 4);

        TextEncoderTests.AssertClose(model.Floats("prompt0_guidance1_guided_logits_first4")[..1024], song.GuidedLogits[0], 0.05);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Run_MorePositionsThanRoom_IsRefused(string decoder)
    {
        var loaded = decoders.Get(decoder);
        using var song = loaded.Begin(Decoders.ModelOf(decoder).PromptStates(0), guided: true, 3);

        var refusal = Assert.Throws<ArgumentException>(() => loaded.Run([new DecoderStep(song, Tokens(loaded, 4))]));

        Assert.Contains("0 of 3 positions; 4 more", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, song.Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    public void Run_TokenThatNoCodebookHas_IsRefused(int token)
    {
        var loaded = decoders.Get("mono checkpoint");
        using var song = loaded.Begin(ReferenceModel.Mono.PromptStates(0), guided: true, 3);

        Assert.Contains($"{token}", Assert.Throws<ArgumentException>(() => loaded.Run([new DecoderStep(song, (int[])[1, 2, token, 4])])).Message, StringComparison.Ordinal);
    }

    private static int[] Tokens(IDecoder decoder, int positions) =>
        [.. Enumerable.Range(0, positions * decoder.Config.Codebooks).Select(i => i * 7919 % (decoder.Config.VocabularySize + 1))];
}

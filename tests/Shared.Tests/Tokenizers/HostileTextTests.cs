using System.Diagnostics;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>Texts of 100,000 characters that a quadratic step would need minutes for.</summary>
public sealed class HostileTextTests
{
    private const int Length = 100_000;

    private static readonly Tokenizer[] Tokenizers =
    [
        Tokenizer.Load(TokenizerFixtures.File("tokenizers", "unigram", "tokenizer.json")),
        Tokenizer.Load(TokenizerFixtures.File("tokenizers", "unigram", "tokenizer_converted.json")),
        Tokenizer.Load(TokenizerFixtures.File("tokenizers", "bytebpe", "tokenizer.json")),
    ];

    /// <summary>About 5 ms each here; 2 s leave room for a slow and busy machine, and none for 10^10 steps.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("the")]
    [InlineData(" ")]
    [InlineData("\n ")]
    [InlineData("▁")]
    [InlineData("\u0301")]
    [InlineData("😀")]
    [InlineData("👩\u200d")]
    [InlineData("🇪")]
    [InlineData("\u1100")]
    [InlineData("你")]
    [InlineData("<")]
    [InlineData("<extra_id_")]
    [InlineData("   <mask>   ")]
    [InlineData("     <mask")]
    [InlineData("\0")]
    public void Encode_VeryLongText_TakesLinearTime(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, Length / unit.Length));
        foreach (var tokenizer in Tokenizers)
        {
            var started = Stopwatch.GetTimestamp();
            var ids = tokenizer.Encode(text);
            var elapsed = Stopwatch.GetElapsedTime(started);

            Assert.True(elapsed < TimeSpan.FromSeconds(2), $"{elapsed.TotalMilliseconds} ms");
            Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            if (ids.Length > 512) Assert.Equal([.. ids[..511], ids[^1]], tokenizer.Encode(text, 512));
        }
    }

    [Fact]
    public void Encode_FromSeveralThreads_GivesTheSameIds()
    {
        var texts = TokenizerFixtures.Rows("unigram").Select(row => row.Text).ToArray();
        foreach (var tokenizer in Tokenizers)
        {
            var alone = texts.Select(text => tokenizer.Encode(text)).ToArray();
            var together = texts.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(text => tokenizer.Encode(text)).ToArray();

            Assert.Equal(alone, together);
        }
    }
}

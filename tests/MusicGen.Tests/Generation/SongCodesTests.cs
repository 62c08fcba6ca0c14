using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.MusicGen.Tests.Generation;

/// <summary>Golden masks and continuations: fixtures/musicgen-tiny and -stereo.</summary>
public sealed class SongCodesTests
{
    private const int PadToken = 256;

    [Theory]
    [InlineData("musicgen-tiny", 1, "delay_mask_12", 0)]
    [InlineData("musicgen-tiny", 1, "delay_mask_prompted_12", 3)]
    public void DelayPattern_IsTheReferencesMask(string model, int channels, string mask, int known)
    {
        var golden = new Golden(model);
        var expected = golden.Codes(mask);
        var pattern = new DelayPattern(expected.Length, channels, PadToken);
        var steps = expected[0].Length;
        // The mask starts at step 0, and frames go as far as its steps let them.
        var frames = steps - 1 - pattern.MaxDelay;
        for (var book = 0; book < expected.Length; book++)
        {
            for (var step = 0; step < steps; step++)
            {
                var frame = pattern.FrameAt(step, book, frames);
                var free = frame >= known;
                Assert.True(expected[book][step] == -1 == free, $"codebook {book}, step {step}: {expected[book][step]}");
                if (frame < 0) Assert.Equal(PadToken, expected[book][step]);
            }
        }
    }

    [Fact]
    public void NextTokens_WithKnownFrames_GivesThemAllAtOnceAndAsksForTheRestAlone()
    {
        var pattern = new DelayPattern(4, 1, PadToken);
        int[][] known = [[1, 2], [3, 4], [5, 6], [7, 8]];
        var codes = new SongCodes(pattern, known, newFrames: 1);
        // Positions 0, 1, 2: the start, then the known frames as far as they are delayed.
        Assert.Equal(
            [PadToken, PadToken, PadToken, PadToken, 1, PadToken, PadToken, PadToken, 2, 3, PadToken, PadToken],
            codes.NextTokens());
        var asked = new List<int>();
        codes.Accept(book => { asked.Add(book); return 100 + book; });
        Assert.Equal([0], asked);
        Assert.Equal([100, 4, 5, PadToken], codes.NextTokens());
        codes.Accept(book => { asked.Add(book); return 100 + book; });
        Assert.Equal([0, 1], asked);
        while (!codes.IsComplete)
        {
            codes.NextTokens();
            codes.Accept(book => 100 + book);
        }

        Assert.Equal([[1, 2, 100], [3, 4, 101], [5, 6, 102], [7, 8, 103]], codes.Codes);
        Assert.Equal(6, codes.Positions);
    }

    [Fact]
    public void CompleteFrames_AreThoseWithAllCodebooks()
    {
        var codes = new SongCodes(new DelayPattern(8, 2, PadToken), [], newFrames: 3);
        var complete = new List<int>();
        while (!codes.IsComplete)
        {
            codes.NextTokens();
            codes.Accept(book => book);
            complete.Add(codes.CompleteFrames);
        }

        Assert.Equal([0, 0, 0, 1, 2, 3], complete);
    }

    [Theory]
    [InlineData(0, 50, new[] { 0, 50 })]
    [InlineData(0, 1500, new[] { 0, 1500 })]
    [InlineData(0, 1501, new[] { 0, 1500, 600, 1 })]
    [InlineData(0, 3300, new[] { 0, 1500, 600, 900, 600, 900 })]
    [InlineData(20, 40, new[] { 20, 40 })]
    [InlineData(900, 700, new[] { 900, 600, 600, 100 })]
    [InlineData(1200, 100, new[] { 600, 100 })]
    public void SongWindow_Part_KeepsTwelveSecondsOfThirty(int known, int frames, int[] expected) =>
        Assert.Equal(expected.Chunk(2).Select(window => new SongWindow(window[0], window[1])), SongWindow.Part(known, frames, frameRate: 50));
}

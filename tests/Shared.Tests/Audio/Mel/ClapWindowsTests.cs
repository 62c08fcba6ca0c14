using AudioReprompt.Audio;
using AudioReprompt.Audio.Mel;

namespace AudioReprompt.SharedTests.Audio.Mel;

public sealed class ClapWindowsTests
{
    [Fact]
    public void Starts_TwelveSeconds_AreTheGoldens()
    {
        var expected = ClapFixtures.Goldens.GetProperty("long_window_starts").EnumerateArray().Select(start => start.GetInt64());
        Assert.Equal(expected, ClapWindows.Starts(576_000, ClapFixtures.WindowSamples));
    }

    [Theory]
    [InlineData(1, new long[] { 0 })]
    [InlineData(100, new long[] { 0 })]
    [InlineData(101, new long[] { 0, 1 })]
    [InlineData(200, new long[] { 0, 100 })]
    [InlineData(250, new long[] { 0, 100, 150 })]
    [InlineData(399, new long[] { 0, 100, 200, 299 })]
    public void Read_AnyLength_GivesTheWindowsAtTheirStarts(int length, long[] starts)
    {
        var samples = Enumerable.Range(0, length).Select(index => index / 1_000f).ToArray();
        using var reader = new MemoryReader(samples, 1, 48_000);

        var windows = ClapWindows.Read(reader, windowSamples: 100).Select(window => window.ToArray()).ToArray();

        Assert.Equal(starts, ClapWindows.Starts(length, 100));
        Assert.Equal(starts.Select(start => samples[(int)start..Math.Min(length, (int)start + 100)]), windows);
    }

    [Fact]
    public void Read_Empty_GivesNone()
    {
        using var reader = new MemoryReader(ReadOnlyMemory<float>.Empty, 1, 48_000);
        Assert.Empty(ClapWindows.Read(reader, 100));
    }
}

using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio;

/// <summary>Golden files: fixtures/audio/wav, the same bytes as soundfile, scipy and Python's wave write for the same codes.</summary>
public sealed class WavFileTests
{
    private static readonly string Folder = Path.Combine(Repository.Fixtures, "audio", "wav");

    [Theory]
    [InlineData("edge_values", 32_000, 1)]
    [InlineData("stereo", 48_000, 2)]
    [InlineData("empty", 32_000, 1)]
    public void EncodePcm16_ReferenceArray_EqualsTheGoldenFile(string name, int sampleRate, int channels)
    {
        var samples = Npy.ReadFloats(Path.Combine(Folder, $"{name}.npy"));
        var golden = File.ReadAllBytes(Path.Combine(Folder, $"{name}.pcm16.wav"));

        Assert.Equal(golden, WavFile.EncodePcm16(samples, sampleRate, channels));
    }

    [Fact]
    public void WritePcm16_MoreThanOneBuffer_WritesTheSameBytesAsEncode()
    {
        var samples = Enumerable.Range(0, 10_000).Select(index => index / 5_000f - 1).ToArray();
        using var written = new MemoryStream();

        WavFile.WritePcm16(written, samples, 32_000, 2);

        Assert.Equal(WavFile.EncodePcm16(samples, 32_000, 2), written.ToArray());
    }

    [Fact]
    public void EncodePcm16_EveryCode_SurvivesWriteReadWrite()
    {
        var samples = Enumerable.Range(short.MinValue, 65_536).Select(code => code / 32768f).ToArray();

        var file = WavFile.EncodePcm16(samples, 32_000, 1);

        var codes = Enumerable.Range(0, 65_536).Select(index => (int)BitConverter.ToInt16(file, WavFile.HeaderBytes + index * 2));
        Assert.Equal(Enumerable.Range(short.MinValue, 65_536), codes);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void WritePcm16_SampleNotFinite_NamesItsIndexAndWritesNothing(float bad)
    {
        using var written = new MemoryStream();

        var refusal = Assert.Throws<ArgumentException>(() => WavFile.WritePcm16(written, [0, 0.5f, bad, 0], 32_000, 2));

        Assert.Contains("Sample 2", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, written.Length);
    }

    [Fact]
    public void EncodePcm16_PartOfAFrame_IsRefused() =>
        Assert.Throws<ArgumentException>(() => WavFile.EncodePcm16([0, 0, 0], 32_000, 2));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(32_000, 0)]
    public void EncodePcm16_RateOrChannelsZero_IsRefused(int sampleRate, int channels) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WavFile.EncodePcm16([], sampleRate, channels));
}

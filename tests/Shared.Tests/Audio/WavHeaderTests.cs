using AudioReprompt.Audio;

namespace AudioReprompt.SharedTests.Audio;

/// <summary>
/// Files and expectations: fixtures/audio/wav/read and read.json. What only the samples show is for <see cref="WavReaderTests"/>.
/// </summary>
public sealed class WavHeaderTests
{
    public static TheoryData<string> ReadableFiles => [.. WavFixtures.Readable];

    public static TheoryData<string> FilesToRefuse => [.. WavFixtures.Malformed.Where(file => !WavFixtures.Reason(file).Contains("not finite", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(ReadableFiles))]
    public void Read_ReadableFile_AgreesWithTheReference(string file)
    {
        var reference = WavFixtures.Case(file);
        var bytes = WavFixtures.Bytes(file);
        using var stream = new MemoryStream(bytes);

        var header = WavHeader.Read(stream);

        Assert.Equal(reference.GetProperty("sample_rate").GetInt32(), header.SampleRate);
        Assert.Equal(reference.GetProperty("channels").GetInt32(), header.Channels);
        Assert.Equal(reference.GetProperty("encoding").GetString()!.Replace("float", "ieeefloat", StringComparison.Ordinal), header.Encoding.ToString(), ignoreCase: true);
        Assert.Equal(reference.GetProperty("frames").GetInt64(), header.Frames);
        Assert.Equal((double)header.Frames / header.SampleRate, header.DurationSeconds);
        Assert.Equal(header.DataOffset, stream.Position);
    }

    [Theory]
    [MemberData(nameof(ReadableFiles))]
    public void Read_StreamThatCannotSeek_GivesTheSameHeader(string file)
    {
        using var seekable = new MemoryStream(WavFixtures.Bytes(file));
        using var forwardOnly = new ForwardOnlyStream(WavFixtures.Bytes(file));

        Assert.Equal(WavHeader.Read(seekable), WavHeader.Read(forwardOnly));
    }

    [Theory]
    [MemberData(nameof(FilesToRefuse))]
    public void Read_MalformedFile_IsRefusedAsInvalidData(string file)
    {
        using var seekable = new MemoryStream(WavFixtures.Bytes(file));
        using var forwardOnly = new ForwardOnlyStream(WavFixtures.Bytes(file));

        var refusal = Assert.Throws<InvalidDataException>(() => WavHeader.Read(seekable));
        Assert.Equal(refusal.Message, Assert.Throws<InvalidDataException>(() => WavHeader.Read(forwardOnly)).Message);
    }

    [Theory]
    [InlineData("empty_file", "RIFF/WAVE")]
    [InlineData("not_wave", "RIFF/WAVE")]
    [InlineData("no_fmt", "fmt chunk is missing")]
    [InlineData("header_only_no_chunks", "fmt chunk is missing")]
    [InlineData("data_before_fmt", "data comes before fmt")]
    [InlineData("no_data", "data chunk is missing")]
    [InlineData("truncated_data_header", "data chunk is missing")]
    [InlineData("truncated_fmt_chunk", "fmt chunk ends early")]
    [InlineData("fmt_14_bytes", "shorter than 16")]
    [InlineData("extensible_too_short", "40 bytes")]
    [InlineData("data_truncated", "data chunk declares more")]
    [InlineData("data_size_ffffffff", "data chunk declares more")]
    [InlineData("data_size_2gib", "data chunk declares more")]
    [InlineData("chunk_size_past_end", "Chunk LIST declares more")]
    [InlineData("data_not_whole_frames", "whole number of frames")]
    [InlineData("channels_0", "channels")]
    [InlineData("rate_0", "sample rate")]
    [InlineData("bits_12", "bits per sample")]
    [InlineData("block_align_wrong", "block align")]
    [InlineData("format_alaw", "Encoding 6")]
    [InlineData("format_mp3", "Encoding 85")]
    [InlineData("extensible_unknown_guid", "encoding is not supported")]
    [InlineData("bits_0", "0 bits per sample")]
    [InlineData("rf64", "RIFF/WAVE")]
    [InlineData("rifx_big_endian", "RIFF/WAVE")]
    public void Read_MalformedFile_SaysWhatIsWrong(string file, string expected)
    {
        using var stream = new MemoryStream(WavFixtures.Bytes($"read/{file}.wav"));

        var refusal = Assert.Throws<InvalidDataException>(() => WavHeader.Read(stream));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ChunkBehindTheSamplesCutShort_IsNamed()
    {
        var whole = WavFixtures.Bytes("read/list_after_data.wav");
        using var stream = new MemoryStream(whole[..^4]);

        var refusal = Assert.Throws<InvalidDataException>(() => WavHeader.Read(stream));

        Assert.Contains("Chunk LIST declares more", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyBytesFlippedOrCut_GivesAHeaderOrInvalidData()
    {
        var whole = WavFixtures.Bytes("read/list_before_data.wav");
        for (var length = 0; length < whole.Length; length++)
        {
            foreach (var value in new byte[] { 0x00, 0x7F, 0xFF })
            {
                var broken = whole[..(length + 1)];
                broken[length / 2] = value;
                Assert.True(ReadsOrRefuses(broken), $"byte {length / 2} = {value} of {broken.Length}");
            }
        }
    }

    private static bool ReadsOrRefuses(byte[] file)
    {
        try
        {
            using var stream = new MemoryStream(file);
            var header = WavHeader.Read(stream);
            return header.DataOffset + header.DataBytes <= file.Length;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}

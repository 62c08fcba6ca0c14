using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio;

/// <summary>
/// Files and expectations: fixtures/audio/wav/read and read.json. This reader takes PCM16 alone; the rest it must refuse.
/// </summary>
public sealed class WavHeaderTests
{
    private static readonly string Folder = Path.Combine(Repository.Fixtures, "audio", "wav");
    private static readonly JsonElement[] Cases = ReadCases();

    public static TheoryData<string> Pcm16Files => [.. Cases.Where(IsPcm16).Select(File)];

    public static TheoryData<string> OtherFiles => [.. Cases.Where(reference => !IsPcm16(reference)).Select(File)];

    [Theory]
    [MemberData(nameof(Pcm16Files))]
    public void Read_Pcm16File_AgreesWithTheReference(string file)
    {
        var reference = Cases.Single(candidate => File(candidate) == file);
        var bytes = Bytes(file);
        using var stream = new MemoryStream(bytes);

        var header = WavHeader.Read(stream);

        Assert.Equal(reference.GetProperty("sample_rate").GetInt32(), header.SampleRate);
        Assert.Equal(reference.GetProperty("channels").GetInt32(), header.Channels);
        Assert.Equal(16, header.BitsPerSample);
        Assert.Equal(reference.GetProperty("frames").GetInt64(), header.Frames);
        Assert.Equal((double)header.Frames / header.SampleRate, header.DurationSeconds);
        Assert.Equal(header.DataOffset, stream.Position);
        var samples = Enumerable
            .Range(0, (int)(header.DataBytes / 2))
            .Select(index => BitConverter.ToInt16(bytes, (int)header.DataOffset + index * 2) / 32768.0);
        Assert.Equal(reference.GetProperty("samples_interleaved").EnumerateArray().Select(sample => sample.GetDouble()), samples);
    }

    [Theory]
    [MemberData(nameof(Pcm16Files))]
    public void Read_StreamThatCannotSeek_GivesTheSameHeader(string file)
    {
        using var seekable = new MemoryStream(Bytes(file));
        using var forwardOnly = new ForwardOnlyStream(Bytes(file));

        Assert.Equal(WavHeader.Read(seekable), WavHeader.Read(forwardOnly));
    }

    [Theory]
    [MemberData(nameof(OtherFiles))]
    public void Read_MalformedOrNotPcm16_IsRefusedAsInvalidData(string file)
    {
        using var seekable = new MemoryStream(Bytes(file));
        using var forwardOnly = new ForwardOnlyStream(Bytes(file));

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
    [InlineData("float32_mono", "Encoding 3")]
    public void Read_MalformedFile_SaysWhatIsWrong(string file, string expected)
    {
        using var stream = new MemoryStream(Bytes($"read/{file}.wav"));

        var refusal = Assert.Throws<InvalidDataException>(() => WavHeader.Read(stream));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyBytesFlippedOrCut_GivesAHeaderOrInvalidData()
    {
        var whole = Bytes("read/list_before_data.wav");
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

    private static byte[] Bytes(string file) => System.IO.File.ReadAllBytes(Path.Combine(Folder, file));

    private static string File(JsonElement reference) => reference.GetProperty("file").GetString()!;

    private static bool IsPcm16(JsonElement reference) =>
        reference.GetProperty("ok").GetBoolean() && reference.GetProperty("encoding").GetString() == "pcm16";

    private static JsonElement[] ReadCases()
    {
        using var document = JsonDocument.Parse(Bytes("read.json"));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(reference => reference.Clone())];
    }
}

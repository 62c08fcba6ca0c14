using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using AudioReprompt.Audio;

namespace AudioReprompt.SharedTests.Audio;

/// <summary>Every case of fixtures/audio/wav/read.json, through the seam that the product reads files by.</summary>
public sealed partial class WavReaderTests
{
    public static TheoryData<string> ReadableFiles => [.. WavFixtures.Readable];

    public static TheoryData<string> MalformedFiles => [.. WavFixtures.Malformed];

    [Theory]
    [MemberData(nameof(ReadableFiles))]
    public void Read_ReadableFile_GivesTheReferenceSamples(string file)
    {
        var reference = WavFixtures.Case(file);
        using var seekable = AudioFile.OpenRead(new MemoryStream(WavFixtures.Bytes(file)));
        using var forwardOnly = AudioFile.OpenRead(new ForwardOnlyStream(WavFixtures.Bytes(file)));
        var expected = reference.GetProperty("samples_interleaved").EnumerateArray().Select(sample => sample.GetSingle()).ToArray();

        Assert.Equal(0, reference.GetProperty("tolerance").GetDouble());
        Assert.Equal(reference.GetProperty("sample_rate").GetInt32(), seekable.SampleRate);
        Assert.Equal(reference.GetProperty("channels").GetInt32(), seekable.Channels);
        Assert.Equal(expected, seekable.ReadToEnd(maxFrames: 100));
        Assert.Equal(expected, forwardOnly.ReadToEnd(maxFrames: 100));
    }

    [Theory]
    [MemberData(nameof(MalformedFiles))]
    public void Read_MalformedFile_IsRefusedForTheReason(string file)
    {
        var reason = WavFixtures.Reason(file);
        var seekable = Refusal(new MemoryStream(WavFixtures.Bytes(file)));
        var forwardOnly = Refusal(new ForwardOnlyStream(WavFixtures.Bytes(file)));

        Assert.Equal(seekable, forwardOnly);
        // The reference gives the subject, not the words: every word of it that bears the meaning has to be there.
        foreach (Match word in MeaningfulWord().Matches(reason)) Assert.Contains(word.Value, seekable, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5_461)]
    [InlineData(100_000)]
    public void Read_BlocksOfAnySize_GiveTheSameSamples(int blockFrames)
    {
        var samples = Enumerable.Range(0, 60_000).Select(index => ((index * 7_919 % 65_536) - 32_768) / 32_768f).ToArray();
        using var reader = AudioFile.OpenRead(new MemoryStream(WavFile.EncodePcm16(samples, 48_000, 3)));
        var read = new List<float>();
        // The last frame that there is room for is only half there.
        var block = new float[(3 * blockFrames) + 2];

        for (var frames = reader.Read(block); frames > 0; frames = reader.Read(block))
        {
            Assert.InRange(frames, 1, blockFrames);
            read.AddRange(block.AsSpan(0, frames * 3));
        }

        Assert.Equal(samples, read);
    }

    [Fact]
    public void Read_HeaderPromisesTwoGibibytes_TakesNoMemoryForThem()
    {
        var file = WavFile.EncodePcm16(new float[8], 48_000, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), 0x7FFFFFFE);
        var before = GC.GetAllocatedBytesForCurrentThread();

        using var reader = AudioFile.OpenRead(new ForwardOnlyStream(file));
        Assert.Throws<InvalidDataException>(() => reader.ReadToEnd(long.MaxValue));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Read_TwoHoursOfStereo_AreReadInBlocksOfLittleMemory()
    {
        const int Rate = 48_000;
        const long Frames = 2L * 3_600 * Rate;
        using var reader = AudioFile.OpenRead(new EndlessWav(Rate, channels: 2, Frames));
        var block = new float[2 * Rate];
        var (frames, sum) = (0L, 0.0);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var read = reader.Read(block); read > 0; read = reader.Read(block))
        {
            frames += read;
            sum += block[0];
        }

        Assert.Equal(Frames, frames);
        Assert.Equal(7_200 * EndlessWav.Sample, sum, 1e-3);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void ReadToEnd_LongerThanAllowed_SaysHowLongItMayBe()
    {
        using var reader = AudioFile.OpenRead(new MemoryStream(WavFile.EncodePcm16(new float[2_000], 1_000, 1)));

        var refusal = Assert.Throws<InvalidDataException>(() => reader.ReadToEnd(maxFrames: 1_500));

        Assert.Contains("longer than 1.5 s", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NonFiniteSampleFarIn_NamesItsIndexInTheFile()
    {
        var file = new byte[44 + (4 * 100_000)];
        WavFile.EncodePcm16([], 48_000, 1).CopyTo(file, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(20), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(32), 4);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(34), 32);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 400_000);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(44 + (4 * 98_765)), float.NaN);

        Assert.Equal("Sample 98765 is not finite.", Refusal(new MemoryStream(file)));
    }

    [Fact]
    public void OpenRead_FileThatIsNoWave_IsClosedAgain()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no audio");
            Assert.Throws<InvalidDataException>(() => AudioFile.OpenRead(path));
            using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Refusal(Stream stream) => Assert.Throws<InvalidDataException>(() =>
    {
        using var reader = AudioFile.OpenRead(stream);
        reader.ReadToEnd(maxFrames: 200_000);
    }).Message;

    [GeneratedRegex("[A-Za-z0-9/]{3,}")]
    private static partial Regex MeaningfulWord();

    /// <summary>A header and then one sample over and over, as long as the header says; nothing of it is stored.</summary>
    private sealed class EndlessWav(int sampleRate, int channels, long frames) : Stream
    {
        public const float Sample = 0.25f;

        private readonly byte[] _header = Header(sampleRate, channels, frames);
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var end = _header.Length + (frames * channels * 2);
            count = (int)Math.Min(count, end - _position);
            for (var index = 0; index < count; index++, _position++)
                buffer[offset + index] = _position < _header.Length ? _header[_position] : _position % 2 == 0 ? (byte)0 : (byte)(Sample * 128);
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static byte[] Header(int sampleRate, int channels, long frames)
        {
            var header = WavFile.EncodePcm16([], sampleRate, channels);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), checked((uint)(frames * channels * 2)));
            Encoding.ASCII.GetBytes("data").CopyTo(header, 36);
            return header;
        }
    }
}

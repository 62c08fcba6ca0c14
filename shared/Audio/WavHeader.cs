using System.Buffers.Binary;

namespace AudioReprompt.Audio;

/// <summary>
/// What a RIFF/WAVE file says about itself, checked against what it holds. Meant for files that a stranger sent: it reads
/// a few dozen bytes, allocates nothing by a declared size, and refuses a file that was cut short. RF64 and RIFX are not read.
/// </summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="Channels">From 1.</param>
/// <param name="Encoding">Also where the file names it by a sub-format (WAVE_FORMAT_EXTENSIBLE).</param>
/// <param name="DataOffset">Bytes from the file's beginning to its first sample.</param>
/// <param name="DataBytes">A whole number of frames; 0 is possible.</param>
public sealed record WavHeader(int SampleRate, int Channels, SampleEncoding Encoding, long DataOffset, long DataBytes)
{
    private const int Pcm = 1;
    private const int IeeeFloat = 3;
    private const int Extensible = 0xFFFE;
    private const int ChunkHeaderBytes = 8;
    private const int PlainFormatBytes = 16;
    private const int ExtensibleFormatBytes = 40;

    internal const string DataCutShort = "The data chunk declares more than the file holds.";
    internal const string PartOfAFrame = "The data chunk is not a whole number of frames.";

    /// <summary>8, 16, 24, 32 or 64.</summary>
    public int BitsPerSample => 8 * Encoding.Bytes();

    public long Frames => DataBytes / FrameBytes;

    public double DurationSeconds => (double)Frames / SampleRate;

    internal int FrameBytes => Channels * Encoding.Bytes();

    /// <summary>What follows the two bytes of the encoding in a sub-format that Microsoft defined (KSDATAFORMAT_SUBTYPE_*).</summary>
    private static ReadOnlySpan<byte> SubFormatTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>
    /// Reads from the stream's position, walking all chunks. The RIFF size is not trusted and not checked; streaming writers leave it
    /// wrong. A seekable stream is left at the first sample; any other is read to its end, for nothing else tells that all is there.
    /// </summary>
    /// <exception cref="InvalidDataException">Not a complete WAVE file that is supported; the message names what is wrong.</exception>
    public static WavHeader Read(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var reader = new ChunkReader(input);
        var header = ReadToData(reader);
        if (!reader.TrySkip(header.DataBytes)) throw new InvalidDataException(DataCutShort);
        if (header.DataBytes % header.FrameBytes != 0) throw new InvalidDataException(PartOfAFrame);
        if (header.DataBytes % 2 == 1) reader.TrySkip(1);
        SkipTrailingChunks(reader);
        reader.ReturnTo(header.DataOffset);
        return header;
    }

    /// <summary>
    /// Reads to the first sample and no further, so that what comes over a network can be decoded as it comes. Whether
    /// <see cref="DataBytes"/> are there, and are whole frames, is for the caller to find.
    /// </summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    internal static WavHeader ReadToData(Stream input) => ReadToData(new ChunkReader(input));

    private static WavHeader ReadToData(ChunkReader reader)
    {
        Span<byte> riff = stackalloc byte[12];
        if (reader.Read(riff) < riff.Length || !riff.StartsWith("RIFF"u8) || !riff[8..].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("Not a RIFF/WAVE file.");
        }

        WavHeader? format = null;
        Span<byte> chunk = stackalloc byte[ChunkHeaderBytes];
        while (reader.Read(chunk) == chunk.Length)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
            {
                if (format is null) throw new InvalidDataException("The fmt chunk is missing: data comes before fmt.");
                return format with { DataOffset = reader.Offset, DataBytes = size };
            }

            if (chunk.StartsWith("fmt "u8))
            {
                if (format is not null) throw new InvalidDataException("There are two fmt chunks.");
                format = ReadFormat(reader, size);
            }
            else
            {
                Skip(reader, chunk, size);
            }

            // Chunks begin at even offsets; the pad byte is not counted in the size. The file's end is found at the next chunk.
            if (size % 2 == 1) reader.TrySkip(1);
        }

        throw new InvalidDataException(format is null ? "The fmt chunk is missing." : "The data chunk is missing.");
    }

    /// <summary>What follows the samples is of no interest, but a chunk that ends early says that the file was cut.</summary>
    private static void SkipTrailingChunks(ChunkReader reader)
    {
        Span<byte> chunk = stackalloc byte[ChunkHeaderBytes];
        while (reader.Read(chunk) == chunk.Length)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            Skip(reader, chunk, size);
            if (size % 2 == 1) reader.TrySkip(1);
        }
    }

    private static void Skip(ChunkReader reader, ReadOnlySpan<byte> chunk, uint size)
    {
        if (!reader.TrySkip(size)) throw new InvalidDataException($"Chunk {Name(chunk)} declares more than the file holds.");
    }

    private static WavHeader ReadFormat(ChunkReader reader, uint size)
    {
        if (size < PlainFormatBytes) throw new InvalidDataException("The fmt chunk is shorter than 16 bytes.");
        Span<byte> fields = stackalloc byte[ExtensibleFormatBytes];
        fields = fields[..(int)Math.Min(size, ExtensibleFormatBytes)];
        if (reader.Read(fields) < fields.Length || !reader.TrySkip(size - (uint)fields.Length))
        {
            throw new InvalidDataException("The fmt chunk ends early.");
        }

        var encoding = ReadEncoding(fields);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(fields[2..]);
        var sampleRate = BinaryPrimitives.ReadUInt32LittleEndian(fields[4..]);
        var blockAlign = BinaryPrimitives.ReadUInt16LittleEndian(fields[12..]);
        var bitsPerSample = BinaryPrimitives.ReadUInt16LittleEndian(fields[14..]);
        if (channels == 0) throw new InvalidDataException("The number of channels is 0.");
        if (sampleRate is 0 or > int.MaxValue) throw new InvalidDataException($"The sample rate {sampleRate} is not possible.");
        var header = new WavHeader((int)sampleRate, channels, EncodingOf(encoding, bitsPerSample), 0, 0);
        if (blockAlign != header.FrameBytes)
        {
            throw new InvalidDataException($"The block align {blockAlign} does not fit {channels} channels of {bitsPerSample} bits.");
        }

        return header;
    }

    private static SampleEncoding EncodingOf(int encoding, int bitsPerSample) => (encoding, bitsPerSample) switch
    {
        (Pcm, 8) => SampleEncoding.Pcm8,
        (Pcm, 16) => SampleEncoding.Pcm16,
        (Pcm, 24) => SampleEncoding.Pcm24,
        (Pcm, 32) => SampleEncoding.Pcm32,
        (IeeeFloat, 32) => SampleEncoding.IeeeFloat32,
        (IeeeFloat, 64) => SampleEncoding.IeeeFloat64,
        (Pcm, _) => throw new InvalidDataException($"{bitsPerSample} bits per sample of PCM are not supported, only 8, 16, 24 and 32."),
        _ => throw new InvalidDataException($"{bitsPerSample} bits per sample of floating point are not supported, only 32 and 64."),
    };

    private static int ReadEncoding(ReadOnlySpan<byte> fields)
    {
        var encoding = BinaryPrimitives.ReadUInt16LittleEndian(fields);
        if (encoding == Extensible)
        {
            if (fields.Length < ExtensibleFormatBytes)
            {
                throw new InvalidDataException("The fmt chunk is shorter than the 40 bytes of its encoding.");
            }

            if (!fields[26..].SequenceEqual(SubFormatTail))
            {
                throw new InvalidDataException("The extensible encoding is not supported, only PCM and floating point.");
            }

            encoding = BinaryPrimitives.ReadUInt16LittleEndian(fields[24..]);
        }

        return encoding is Pcm or IeeeFloat
            ? encoding
            : throw new InvalidDataException($"Encoding {encoding} is not supported, only PCM (1) and floating point (3).");
    }

    /// <summary>A chunk's name as it may stand in a message: a stranger chose its bytes.</summary>
    private static string Name(ReadOnlySpan<byte> chunk)
    {
        Span<char> name = stackalloc char[4];
        for (var index = 0; index < name.Length; index++)
        {
            name[index] = char.IsAsciiLetterOrDigit((char)chunk[index]) ? (char)chunk[index] : '?';
        }

        return new string(name);
    }

    /// <summary>Reads forward and counts; seeks where the stream can.</summary>
    private sealed class ChunkReader(Stream input)
    {
        private readonly long _start = input.CanSeek ? input.Position : 0;

        /// <summary>Bytes from where reading began.</summary>
        public long Offset { get; private set; }

        /// <returns>Fewer bytes than asked for at the end of the file.</returns>
        public int Read(Span<byte> buffer)
        {
            var read = input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            Offset += read;
            return read;
        }

        public bool TrySkip(long bytes)
        {
            if (input.CanSeek)
            {
                if (bytes > input.Length - input.Position) return false;
                input.Seek(bytes, SeekOrigin.Current);
                Offset += bytes;
                return true;
            }

            Span<byte> discarded = stackalloc byte[4096];
            while (bytes > 0)
            {
                var part = discarded[..(int)Math.Min(bytes, discarded.Length)];
                if (Read(part) < part.Length) return false;
                bytes -= part.Length;
            }

            return true;
        }

        public void ReturnTo(long offset)
        {
            if (!input.CanSeek) return;
            input.Position = _start + offset;
            Offset = offset;
        }
    }
}

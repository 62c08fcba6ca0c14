using System.Buffers.Binary;

namespace AudioReprompt.Audio;

/// <summary>
/// What a PCM16 RIFF/WAVE file says about itself, checked against what it holds. Meant for files that a stranger sent: it reads
/// a few dozen bytes, allocates nothing by a declared size, and refuses a file that was cut short.
/// </summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="Channels">From 1.</param>
/// <param name="BitsPerSample">Always 16.</param>
/// <param name="DataOffset">Bytes from the file's beginning to its first sample.</param>
/// <param name="DataBytes">A whole number of frames; 0 is possible.</param>
public sealed record WavHeader(int SampleRate, int Channels, int BitsPerSample, long DataOffset, long DataBytes)
{
    private const int Pcm = 1;
    private const int Extensible = 0xFFFE;
    private const int ChunkHeaderBytes = 8;
    private const int PlainFormatBytes = 16;
    private const int ExtensibleFormatBytes = 40;

    public long Frames => DataBytes / (Channels * (BitsPerSample / 8));

    public double DurationSeconds => (double)Frames / SampleRate;

    /// <summary>What follows the two bytes of the encoding in a sub-format that Microsoft defined (KSDATAFORMAT_SUBTYPE_*).</summary>
    private static ReadOnlySpan<byte> SubFormatTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>
    /// Reads from the stream's position, walking the chunks up to <c>data</c>. The RIFF size is not trusted and not checked; streaming
    /// writers leave it wrong. A seekable stream is left at the first sample; any other is read to the end of its samples,
    /// for nothing else tells that they are all there.
    /// </summary>
    /// <exception cref="InvalidDataException">Not a complete PCM16 WAVE file; the message names what is wrong.</exception>
    public static WavHeader Read(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var reader = new ChunkReader(input);
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
                return WithData(reader, format ?? throw new InvalidDataException("The fmt chunk is missing: data comes before fmt."), size);
            }

            if (chunk.StartsWith("fmt "u8))
            {
                if (format is not null) throw new InvalidDataException("There are two fmt chunks.");
                format = ReadFormat(reader, size);
            }
            else if (!reader.TrySkip(size))
            {
                throw new InvalidDataException($"Chunk {Name(chunk)} declares more than the file holds.");
            }

            // Chunks begin at even offsets; the pad byte is not counted in the size. The file's end is found at the next chunk.
            if (size % 2 == 1) reader.TrySkip(1);
        }

        throw new InvalidDataException(format is null ? "The fmt chunk is missing." : "The data chunk is missing.");
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

        RequirePcm(fields);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(fields[2..]);
        var sampleRate = BinaryPrimitives.ReadUInt32LittleEndian(fields[4..]);
        var blockAlign = BinaryPrimitives.ReadUInt16LittleEndian(fields[12..]);
        var bitsPerSample = BinaryPrimitives.ReadUInt16LittleEndian(fields[14..]);
        if (channels == 0) throw new InvalidDataException("The number of channels is 0.");
        if (sampleRate is 0 or > int.MaxValue) throw new InvalidDataException($"The sample rate {sampleRate} is not possible.");
        if (bitsPerSample != 16) throw new InvalidDataException($"{bitsPerSample} bits per sample are not supported, only 16.");
        if (blockAlign != channels * 2)
        {
            throw new InvalidDataException($"The block align {blockAlign} does not fit {channels} channels of 16 bits.");
        }

        return new WavHeader((int)sampleRate, channels, bitsPerSample, 0, 0);
    }

    private static void RequirePcm(ReadOnlySpan<byte> fields)
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
                throw new InvalidDataException("The extensible encoding is not supported, only PCM.");
            }

            encoding = BinaryPrimitives.ReadUInt16LittleEndian(fields[24..]);
        }

        if (encoding != Pcm) throw new InvalidDataException($"Encoding {encoding} is not supported, only PCM.");
    }

    private static WavHeader WithData(ChunkReader reader, WavHeader format, uint size)
    {
        var offset = reader.Offset;
        if (!reader.TrySkip(size)) throw new InvalidDataException("The data chunk declares more than the file holds.");
        if (size % (uint)(format.Channels * 2) != 0) throw new InvalidDataException("The data chunk is not a whole number of frames.");
        reader.ReturnTo(offset);
        return format with { DataOffset = offset, DataBytes = size };
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

namespace AudioReprompt.Audio;

/// <summary>
/// The samples of a RIFF/WAVE file: PCM of 8, 16, 24 and 32 bits, floating point of 32 and 64, plain or extensible. What stands in its
/// header is believed only as far as bytes follow: a file that was cut short is refused, never read as a shorter song.
/// </summary>
public sealed class WavReader : IAudioReader
{
    private const int BufferBytes = 32_768;

    private readonly Stream _input;
    private readonly byte[] _buffer;
    private long _readBytes;

    /// <summary>
    /// Reads the header. A seekable stream is checked to its end at once; of any other, what is missing at the end shows when it is reached.
    /// </summary>
    /// <param name="input">From its position on; closed with the reader, not where the constructor throws.</param>
    /// <exception cref="InvalidDataException">Not a complete WAVE file that is supported; the message names what is wrong.</exception>
    public WavReader(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Header = input.CanSeek ? WavHeader.Read(input) : WavHeader.ReadToData(input);
        _input = input;
        _buffer = new byte[BufferBytes - (BufferBytes % Header.Encoding.Bytes())];
    }

    public WavHeader Header { get; }

    public int SampleRate => Header.SampleRate;

    public int Channels => Header.Channels;

    public int Read(Span<float> samples)
    {
        if (samples.Length < Channels) throw new ArgumentException($"No room for a frame of {Channels} channels.", nameof(samples));
        var bytesPerSample = Header.Encoding.Bytes();
        var frames = (int)Math.Min(samples.Length / Channels, (Header.DataBytes - _readBytes) / Header.FrameBytes);
        var wanted = samples[..(frames * Channels)];
        while (!wanted.IsEmpty)
        {
            var part = wanted[..Math.Min(wanted.Length, _buffer.Length / bytesPerSample)];
            var codes = _buffer.AsSpan(0, part.Length * bytesPerSample);
            Fill(codes);
            Header.Encoding.Decode(codes, part);
            FiniteSamples.RequireRead(part, _readBytes / bytesPerSample);
            _readBytes += codes.Length;
            wanted = wanted[part.Length..];
        }

        if (frames == 0 && Header.DataBytes > _readBytes)
        {
            // Seen only now, because a size that is wrong and a file that was cut short look the same up to here.
            Fill(_buffer.AsSpan(0, (int)(Header.DataBytes - _readBytes)));
            throw new InvalidDataException(WavHeader.PartOfAFrame);
        }

        return frames;
    }

    private void Fill(Span<byte> codes)
    {
        if (_input.ReadAtLeast(codes, codes.Length, throwOnEndOfStream: false) < codes.Length) throw new InvalidDataException(WavHeader.DataCutShort);
    }

    public void Dispose() => _input.Dispose();
}

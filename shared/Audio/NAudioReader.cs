using NAudio.Wave;

namespace AudioReprompt.Audio;

/// <summary>
/// A WAVE file whose samples NAudio decodes; compiled with <c>-p:FullRegistry=true</c> alone. The header is read by <see cref="WavHeader"/>
/// as everywhere, because NAudio takes files that were cut short, and knows no samples of WAVE_FORMAT_EXTENSIBLE.
/// </summary>
internal sealed class NAudioReader : IAudioReader
{
    private readonly Stream _input;
    private readonly WavHeader _header;
    private readonly ISampleProvider _decoded;
    private float[] _block = [];
    private long _readSamples;

    /// <inheritdoc cref="AudioFile.OpenRead(Stream)"/>
    public NAudioReader(Stream input)
    {
        _header = WavHeader.Read(input);
        _input = input;
        var encoding = _header.Encoding is SampleEncoding.IeeeFloat32 or SampleEncoding.IeeeFloat64 ? WaveFormatEncoding.IeeeFloat : WaveFormatEncoding.Pcm;
        var format = WaveFormat.CreateCustomFormat(
            encoding, _header.SampleRate, _header.Channels, _header.SampleRate * _header.FrameBytes, _header.FrameBytes, _header.BitsPerSample);
        _decoded = new RawSourceWaveStream(input, format).ToSampleProvider();
    }

    public int SampleRate => _header.SampleRate;

    public int Channels => _header.Channels;

    public int Read(Span<float> samples)
    {
        if (samples.Length < Channels) throw new ArgumentException($"No room for a frame of {Channels} channels.", nameof(samples));
        var wanted = (int)Math.Min(samples.Length / Channels * Channels, (_header.Frames * Channels) - _readSamples);
        if (_block.Length < wanted) _block = new float[wanted];
        for (var read = 0; read < wanted;)
        {
            var count = _decoded.Read(_block, read, wanted - read);
            if (count == 0) throw new InvalidDataException(WavHeader.DataCutShort);
            read += count;
        }

        _block.AsSpan(0, wanted).CopyTo(samples);
        FiniteSamples.RequireRead(samples[..wanted], _readSamples);
        _readSamples += wanted;
        return wanted / Channels;
    }

    public void Dispose() => _input.Dispose();
}

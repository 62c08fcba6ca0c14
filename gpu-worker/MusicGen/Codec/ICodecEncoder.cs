using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>EnCodec's encoder: samples in, codes out, one channel at a time. For songs that go on from given audio.</summary>
internal interface ICodecEncoder : IDisposable
{
    CodecConfig Config { get; }

    /// <summary>Encodes a whole channel.</summary>
    /// <param name="samples">At the codec's sample rate; the last frame is filled up by reflection.</param>
    /// <returns><c>[codebooks][frames]</c>, one frame for each hop length or part of it.</returns>
    int[][] Encode(ReadOnlySpan<float> samples);
}

using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>EnCodec's decoder: codes in, samples out, one channel at a time.</summary>
internal interface ICodec : IDisposable
{
    CodecConfig Config { get; }

    /// <summary>Decodes a whole channel.</summary>
    /// <param name="codes"><c>[codebooks][frames]</c>, each 0…codebook size − 1.</param>
    /// <returns><c>[frames · hop length]</c> samples.</returns>
    float[] Decode(int[][] codes);

    /// <summary>Begins a channel that is decoded as its codes come.</summary>
    ICodecStream OpenStream();
}

/// <summary>A channel that is decoded in chunks: its samples, put together, are those of <see cref="ICodec.Decode"/>.</summary>
internal interface ICodecStream : IDisposable
{
    /// <summary>Takes the next frames.</summary>
    /// <param name="codes"><c>[codebooks][frames]</c>, any number of frames.</param>
    /// <param name="last">Whether these are the channel's last frames.</param>
    /// <returns>The samples that no later frame can change; may be empty. With <paramref name="last"/> all that are left.</returns>
    float[] Push(int[][] codes, bool last);
}

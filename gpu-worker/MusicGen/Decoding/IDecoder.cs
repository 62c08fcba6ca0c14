using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>
/// MusicGen's decoder: tokens and text states in, logits out, with each song's keys and values kept between steps. Songs that are decoded
/// together do not change one another's logits by a single bit.
/// </summary>
internal interface IDecoder : IDisposable
{
    DecoderConfig Config { get; }

    /// <summary>Prepares a song: projects its text states and computes what cross-attention needs of them, once.</summary>
    /// <param name="textStates">The text encoder's states, <c>[tokens, text width]</c>, without padding.</param>
    /// <param name="guided">Whether the unconditional branch is computed as well, with zeros for text states.</param>
    /// <param name="capacity">Most positions that the song will take.</param>
    DecoderSong Begin(ReadOnlySpan<float> textStates, bool guided, int capacity);

    /// <summary>Takes every given song some positions further, and leaves the logits of its last one in the song.</summary>
    void Run(IReadOnlyList<DecoderStep> steps);
}

/// <summary>A song's share of one call.</summary>
/// <param name="Tokens"><c>[positions, codebooks]</c>, one position or several (known tokens of a prompt); each 0…pad token.</param>
internal readonly record struct DecoderStep(DecoderSong Song, ReadOnlyMemory<int> Tokens);

/// <summary>A song in the decoder: its keys and values, and the logits of its newest position.</summary>
internal abstract class DecoderSong(DecoderConfig config, bool guided, int capacity) : IDisposable
{
    public bool Guided { get; } = guided;

    /// <summary>Most positions.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Positions taken so far.</summary>
    public int Length { get; set; }

    /// <summary>With the text, <c>[codebooks, vocabulary]</c>.</summary>
    public float[] Logits { get; } = new float[config.Codebooks * config.VocabularySize];

    /// <summary>Without the text, of the same shape; empty when not guided.</summary>
    public float[] UnconditionalLogits { get; } = new float[guided ? config.Codebooks * config.VocabularySize : 0];

    public abstract void Dispose();
}

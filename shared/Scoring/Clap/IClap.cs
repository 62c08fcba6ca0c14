using AudioReprompt.Audio;

namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// A contrastive language–audio model: texts and recordings become vectors of one space, in which the cosine says how well they go together.
/// Safe for concurrent calls.
/// </summary>
public interface IClap
{
    /// <summary>The checkpoint; scores of different checkpoints do not compare.</summary>
    string Model { get; }

    /// <summary>
    /// What the checkpoint multiplies a cosine by before the softmax over texts, <c>exp(logit_scale_a)</c>; above 0. Where its files do not hold the
    /// number, as the published ONNX exports of the two encoders, that which training starts from, 1/0.07.
    /// </summary>
    double LogitScale { get; }

    /// <returns>Of length 1; the same text gives the same numbers.</returns>
    /// <exception cref="InvalidDataException">The vector has no direction.</exception>
    float[] EmbedText(string text);

    /// <param name="recording">Of any rate, length and number of channels; not disposed.</param>
    /// <exception cref="InvalidDataException">It is malformed, empty or not finite, or its vector has no direction; the message says which.</exception>
    ClapAudio EmbedAudio(IAudioReader recording, CancellationToken cancellationToken);
}

/// <summary>A recording as the model hears it.</summary>
/// <param name="Embedding">Of length 1.</param>
/// <param name="Windows">How many windows of 10 s went into it.</param>
/// <param name="LongAudio">How a recording over 10 s is heard: <c>windows</c> or <c>rand_trunc</c>.</param>
public sealed record ClapAudio(float[] Embedding, int Windows, string LongAudio);

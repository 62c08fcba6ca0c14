using AudioReprompt.Audio;

namespace AudioReprompt.Scoring.Aesthetics;

/// <summary>A model of how people rate audio on four axes. Safe for concurrent calls.</summary>
public interface IAudiobox
{
    /// <param name="recording">Of any rate, length and number of channels; not disposed.</param>
    /// <exception cref="InvalidDataException">It is malformed or has no samples.</exception>
    AudioboxScores Score(IAudioReader recording, CancellationToken cancellationToken);
}

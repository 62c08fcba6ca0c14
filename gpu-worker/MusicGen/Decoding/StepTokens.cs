using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>What a step's tokens must be.</summary>
internal static class StepTokens
{
    /// <summary>Checks a step and counts its positions.</summary>
    /// <exception cref="ArgumentException">No whole number of positions, a token that no codebook has, or more positions than the song has room for.</exception>
    public static int Positions(DecoderStep step, DecoderConfig config)
    {
        var tokens = step.Tokens.Span;
        if (tokens.Length == 0 || tokens.Length % config.Codebooks != 0)
        {
            throw new ArgumentException($"{tokens.Length} tokens are no positions of {config.Codebooks} codebooks.", nameof(step));
        }

        var foreign = tokens.IndexOfAnyExceptInRange(0, config.PadToken);
        if (foreign >= 0) throw new ArgumentException($"The token {tokens[foreign]} is none of 0…{config.PadToken}.", nameof(step));
        var positions = tokens.Length / config.Codebooks;
        return step.Song.Length + positions <= step.Song.Capacity
            ? positions
            : throw new ArgumentException($"The song has {step.Song.Length} of {step.Song.Capacity} positions; {positions} more do not fit.", nameof(step));
    }
}

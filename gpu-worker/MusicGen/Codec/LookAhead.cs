using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>How far the decoder looks ahead: each layer's rows to the right of the one that it computes.</summary>
internal static class LookAhead
{
    /// <summary>
    /// Samples at the end of what has been pushed that later frames still change; MusicGen's codec: 2,402, or 75 ms.
    /// Rows before the LSTM are frames; an upsampling's trimmed rows wait for the next row.
    /// </summary>
    public static int Samples(CodecConfig config)
    {
        // How many rows a layer can give of a long signal: a fixed number fewer than it would have with the signal's end.
        var rows = -Right((config.Kernel - 1), config.Causal);
        foreach (var ratio in config.Ratios)
        {
            var right = config.Causal ? (int)Math.Ceiling(ratio * config.TrimRightRatio) : ratio / 2;
            rows = rows * ratio - (ratio - right);
            for (var block = 0; block < config.ResidualLayers; block++)
            {
                rows -= Right((config.ResidualKernel - 1) * (int)Math.Pow(config.DilationGrowth, block), config.Causal);
            }
        }

        return -(rows - Right(config.LastKernel - 1, config.Causal));
    }

    private static int Right(int padding, bool causal) => causal ? 0 : padding / 2;
}

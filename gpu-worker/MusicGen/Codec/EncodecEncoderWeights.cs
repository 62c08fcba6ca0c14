using System.Globalization;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>Residual blocks and the convolution behind them that takes strides.</summary>
internal sealed record DownsamplingWeights(IReadOnlyList<ResidualWeights> Blocks, ConvolutionWeights Downsampling);

/// <summary>The weights of EnCodec's encoder in a MusicGen checkpoint, names and shapes checked: the decoder's mirror image.</summary>
/// <param name="Codebooks">Each <c>[codebook size · width]</c>.</param>
internal sealed record EncodecEncoderWeights(
    CodecConfig Config, IReadOnlyList<float[]> Codebooks, ConvolutionWeights First, IReadOnlyList<DownsamplingWeights> Stages,
    IReadOnlyList<LstmWeights> Lstm, ConvolutionWeights Last)
{
    /// <exception cref="CheckpointException">A tensor is missing, or of another shape or type than the configuration says; the message names it.</exception>
    public static EncodecEncoderWeights Read(CheckpointFolder folder, CodecConfig config)
    {
        EncodecWeights.RefuseWidths(folder, config);
        _ = EncodecWeights.Channels(config, folder.Folder);
        var (index, channels) = (0, config.Filters);
        var first = ConvolutionWeights.Read(folder, $"{Layer(index++)}.conv", 1, channels, config.Kernel);
        var stages = new List<DownsamplingWeights>();
        foreach (var ratio in config.Ratios.Reverse())
        {
            var blocks = new List<ResidualWeights>();
            for (var block = 0; block < config.ResidualLayers; block++)
            {
                blocks.Add(EncodecWeights.ReadBlock(folder, config, Layer(index++), channels, EncodecWeights.Dilation(config, block, folder.Folder)));
            }

            index++; // the ELU before it
            stages.Add(new DownsamplingWeights(blocks, ConvolutionWeights.Read(folder, $"{Layer(index++)}.conv", channels, 2 * channels, 2 * ratio, stride: ratio)));
            channels *= 2;
        }

        var lstm = config.LstmLayers == 0 ? [] : EncodecWeights.ReadLstm(folder, $"{Layer(index++)}.lstm", channels, config.LstmLayers);
        var last = ConvolutionWeights.Read(folder, $"{Layer(index + 1)}.conv", channels, config.Width, config.LastKernel);
        return new EncodecEncoderWeights(config, EncodecWeights.ReadCodebooks(folder, config), first, stages, lstm, last);
    }

    private static string Layer(int index) => $"audio_encoder.encoder.layers.{index.ToString(CultureInfo.InvariantCulture)}";
}

using System.Globalization;
using System.Numerics.Tensors;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>A convolution.</summary>
/// <param name="Weight"><c>[outputs, inputs, kernel]</c>.</param>
/// <param name="Bias"><c>[outputs]</c>.</param>
/// <param name="Stride">1, but for the encoder's downsampling.</param>
internal sealed record ConvolutionWeights(CodecWeight Weight, float[] Bias, int Inputs, int Outputs, int Kernel, int Stride, int Dilation)
{
    /// <summary>Rows of padding in all: what keeps <c>length / stride</c> rows.</summary>
    public int TotalPadding => (Kernel - 1) * Dilation + 1 - Stride;

    /// <summary>Rows before the first: all of them where the convolution is causal, else the larger half.</summary>
    public int LeftPadding(bool causal) => causal ? TotalPadding : TotalPadding - TotalPadding / 2;

    internal static ConvolutionWeights Read(CheckpointFolder folder, string name, int inputs, int outputs, int kernel, int stride = 1, int dilation = 1) => new(
        CodecWeight.Normalised(folder, name, outputs, inputs, kernel),
        CodecWeight.Plain(folder, name + ".bias", outputs).ToFloats(),
        inputs,
        outputs,
        kernel,
        stride,
        dilation);
}

/// <summary>A transposed convolution whose kernel is twice its stride.</summary>
/// <param name="Weight"><c>[inputs, outputs, 2 · ratio]</c>.</param>
internal sealed record UpsamplingWeights(CodecWeight Weight, float[] Bias, int Inputs, int Outputs, int Ratio)
{
    /// <summary>Rows to cut off before the first; <see cref="Ratio"/> are cut off in all.</summary>
    public int LeftTrim(bool causal, double trimRightRatio) => Ratio - (causal ? (int)Math.Ceiling(Ratio * trimRightRatio) : Ratio / 2);
}

/// <summary>A residual block: <c>shortcut(x) + point(elu(wide(elu(x))))</c>.</summary>
/// <param name="Shortcut">Null: the input itself.</param>
internal sealed record ResidualWeights(ConvolutionWeights Wide, ConvolutionWeights Point, ConvolutionWeights? Shortcut);

/// <summary>One upsampling and the residual blocks behind it.</summary>
internal sealed record StageWeights(UpsamplingWeights Upsampling, IReadOnlyList<ResidualWeights> Blocks);

/// <summary>One layer of the LSTM; gates in the order input, forget, cell, output.</summary>
/// <param name="Input"><c>[4 · width, width]</c>.</param>
/// <param name="Recurrent"><c>[4 · width, width]</c>.</param>
/// <param name="Bias"><c>[4 · width]</c>, the sum of the two that are stored.</param>
internal sealed record LstmWeights(CodecWeight Input, CodecWeight Recurrent, float[] Bias, int Width);

/// <summary>
/// The weights of EnCodec's decoder in a MusicGen checkpoint, names and shapes checked (SEANet decoder, Défossez et al. 2022, §3.1).
/// The values of the larger ones are read when they are needed: the folder must be open as long.
/// </summary>
/// <param name="Codebooks">Each <c>[codebook size · width]</c>.</param>
internal sealed record EncodecWeights(
    CodecConfig Config, IReadOnlyList<float[]> Codebooks, ConvolutionWeights First, IReadOnlyList<LstmWeights> Lstm,
    IReadOnlyList<StageWeights> Stages, ConvolutionWeights Last)
{
    internal const string Root = "audio_encoder";

    /// <exception cref="CheckpointException">A tensor is missing, or of another shape or type than the configuration says; the message names it.</exception>
    public static EncodecWeights Read(CheckpointFolder folder, CodecConfig config)
    {
        RefuseWidths(folder, config);
        var index = 0;
        var channels = Channels(config, folder.Folder);
        var first = ConvolutionWeights.Read(folder, $"{Layer(index++)}.conv", config.Width, channels, config.Kernel);
        // A decoder without an LSTM has no layer in its place.
        var lstm = config.LstmLayers == 0 ? [] : ReadLstm(folder, $"{Layer(index++)}.lstm", channels, config.LstmLayers);
        var stages = new List<StageWeights>();
        foreach (var ratio in config.Ratios)
        {
            index++; // the ELU before it
            stages.Add(ReadStage(folder, config, channels, ratio, ref index));
            channels /= 2;
        }

        var last = ConvolutionWeights.Read(folder, $"{Layer(index + 1)}.conv", channels, 1, config.LastKernel);
        return new EncodecWeights(config, ReadCodebooks(folder, config), first, lstm, stages, last);
    }

    internal static IReadOnlyList<LstmWeights> ReadLstm(CheckpointFolder folder, string name, int width, int layers)
    {
        var lstm = new List<LstmWeights>();
        for (var layer = 0; layer < layers; layer++)
        {
            var bias = CodecWeight.Plain(folder, $"{name}.bias_ih_l{layer}", 4 * width).ToFloats();
            TensorPrimitives.Add(bias, CodecWeight.Plain(folder, $"{name}.bias_hh_l{layer}", 4 * width).ToFloats(), bias);
            var input = CodecWeight.Plain(folder, $"{name}.weight_ih_l{layer}", 4 * width, width);
            var recurrent = CodecWeight.Plain(folder, $"{name}.weight_hh_l{layer}", 4 * width, width);
            lstm.Add(new LstmWeights(input, recurrent, bias, width));
        }

        return lstm;
    }

    internal static ResidualWeights ReadBlock(CheckpointFolder folder, CodecConfig config, string name, int channels, int dilation)
    {
        var hidden = channels / config.Compress;
        return new ResidualWeights(
            ConvolutionWeights.Read(folder, name + ".block.1.conv", channels, hidden, config.ResidualKernel, dilation: dilation),
            ConvolutionWeights.Read(folder, name + ".block.3.conv", hidden, channels, 1),
            config.ConvolutionShortcut ? ConvolutionWeights.Read(folder, name + ".shortcut.conv", channels, channels, 1) : null);
    }

    internal static void RefuseWidths(CheckpointFolder folder, CodecConfig config)
    {
        if (config.CodebookWidth != config.Width)
        {
            throw new CheckpointException(
                $"{folder.Folder}: audio_encoder.codebook_dim is {config.CodebookWidth} and hidden_size {config.Width}; they must be equal, nothing lies between them.");
        }
    }

    internal static int Channels(CodecConfig config, string folder)
    {
        const int most = 1 << 14;
        var channels = (long)config.Filters << config.Ratios.Count;
        if (channels > most)
        {
            throw new CheckpointException($"{folder}: audio_encoder.num_filters of {config.Filters} makes {channels} channels; at most {most} can be computed.");
        }

        return config.Filters >= config.Compress
            ? (int)channels
            : throw new CheckpointException($"{folder}: audio_encoder.compress of {config.Compress} leaves nothing of num_filters, {config.Filters}.");
    }

    internal static int Dilation(CodecConfig config, int block, string folder)
    {
        const int most = 1 << 12;
        var dilation = Math.Pow(config.DilationGrowth, block);
        return dilation <= most
            ? (int)dilation
            : throw new CheckpointException($"{folder}: the dilation of residual block {block} would be {dilation}; at most {most} can be computed.");
    }

    private static StageWeights ReadStage(CheckpointFolder folder, CodecConfig config, int channels, int ratio, ref int index)
    {
        var name = $"{Layer(index++)}.conv";
        var half = channels / 2;
        var bias = CodecWeight.Plain(folder, name + ".bias", half).ToFloats();
        var upsampling = new UpsamplingWeights(CodecWeight.Normalised(folder, name, channels, half, 2 * ratio), bias, channels, half, ratio);
        var blocks = new List<ResidualWeights>();
        for (var block = 0; block < config.ResidualLayers; block++)
        {
            blocks.Add(ReadBlock(folder, config, Layer(index++), half, Dilation(config, block, folder.Folder)));
        }

        return new StageWeights(upsampling, blocks);
    }

    internal static IReadOnlyList<float[]> ReadCodebooks(CheckpointFolder folder, CodecConfig config)
    {
        var books = new List<float[]>();
        string Name() => $"{Root}.quantizer.layers.{books.Count.ToString(CultureInfo.InvariantCulture)}.codebook.embed";
        do
        {
            books.Add(CodecWeight.Plain(folder, Name(), config.CodebookSize, config.CodebookWidth).ToFloats());
        }
        while (folder.Tensors.ContainsKey(Name()));

        return books;
    }

    private static string Layer(int index) => $"{Root}.decoder.layers.{index.ToString(CultureInfo.InvariantCulture)}";
}

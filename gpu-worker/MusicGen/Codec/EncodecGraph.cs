using System.Globalization;
using System.Runtime.InteropServices;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// EnCodec's decoder as a graph for ONNX Runtime, with the interface of the published export (<see cref="PublishedCodec"/> runs it): for devices
/// other than the CPU, and to check <see cref="EncodecCodec"/> by.
/// </summary>
internal static class EncodecGraph
{
    /// <summary>Writes the graph; the folder is only read.</summary>
    /// <param name="path">The model's file; weights go beside it.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or of another shape or type; the message names it. Nothing is written then.</exception>
    /// <exception cref="IOException">The disk is full, or the folder is not writable.</exception>
    public static void Save(CheckpointFolder folder, CodecConfig config, string path)
    {
        var weights = EncodecWeights.Read(folder, config);
        new Writer(weights).Build().Save(path);
    }

    private sealed class Writer(EncodecWeights weights)
    {
        private readonly GraphBuilder _graph = new("encodec_decode");
        private readonly CodecConfig _config = weights.Config;
        private int _constants;

        public GraphBuilder Build()
        {
            var codes = _graph.Input(PublishedCodec.Codes, OnnxType.Int64, 1, 1, weights.Codebooks.Count, "frames");
            // A signal is [1, channels, time] all the way.
            var signal = Convolution(weights.First, _graph.Node("Transpose", [Embed(codes)], ("perm", new long[] { 0, 2, 1 })), 1);
            if (weights.Lstm.Count > 0) signal = _graph.Node("Add", [signal, Lstm(signal)]);
            var length = 1;
            foreach (var stage in weights.Stages)
            {
                signal = Upsample(stage.Upsampling, Elu(signal));
                length *= stage.Upsampling.Ratio;
                foreach (var block in stage.Blocks)
                {
                    var hidden = Convolution(block.Point, Elu(Convolution(block.Wide, Elu(signal), length)), length);
                    signal = _graph.Node("Add", [block.Shortcut is null ? signal : Convolution(block.Shortcut, signal, length), hidden]);
                }
            }

            _graph.Output(PublishedCodec.Values, Convolution(weights.Last, Elu(signal), length), OnnxType.Float, 1, 1, "samples");
            return _graph;
        }

        private string Elu(string signal) => _graph.Node("Elu", [signal]);

        private string Embed(string codes)
        {
            var sum = "";
            for (var book = 0; book < weights.Codebooks.Count; book++)
            {
                // [1, 1, 1, frames] → [1, frames]
                var row = _graph.Node("Slice", [codes, _graph.Integers(book), _graph.Integers(book + 1), _graph.Integers(2)]);
                var flat = _graph.Node("Reshape", [row, _graph.Integers(1, -1)]);
                var vectors = _graph.Node("Gather", [Weights(weights.Codebooks[book], _config.CodebookSize, _config.CodebookWidth), flat]);
                sum = book == 0 ? vectors : _graph.Node("Add", [sum, vectors]);
            }

            return sum;
        }

        /// <param name="shortest">The signal's length for a song of one frame.</param>
        private string Convolution(ConvolutionWeights convolution, string signal, int shortest)
        {
            var left = convolution.LeftPadding(_config.Causal);
            var padded = convolution.TotalPadding == 0 ? signal : Reflect(signal, left, convolution.TotalPadding - left, shortest);
            return _graph.Node(
                "Conv",
                [padded, Weights(convolution.Weight), Weights(convolution.Bias, convolution.Outputs)],
                ("kernel_shape", new long[] { convolution.Kernel }), ("dilations", new long[] { convolution.Dilation }));
        }

        private string Reflect(string signal, int left, int right, int shortest)
        {
            var pads = _graph.Integers(0, 0, left, 0, 0, right);
            var padding = Math.Max(left, right);
            if (shortest > padding) return _graph.Node("Pad", [signal, pads], ("mode", "reflect"));
            // A signal no longer than its padding is extended by zeros first, which are cut off again.
            var length = _graph.Node("Slice", [_graph.Node("Shape", [signal]), _graph.Integers(2), _graph.Integers(3)]);
            var missing = _graph.Node("Max", [_graph.Node("Sub", [_graph.Integers(padding + 1), length]), _graph.Integers(0)]);
            var extension = _graph.Node("Concat", [_graph.Integers(0, 0, 0, 0, 0), missing], ("axis", 0));
            var reflected = _graph.Node("Pad", [_graph.Node("Pad", [signal, extension]), pads], ("mode", "reflect"));
            var end = _graph.Node("Add", [length, _graph.Integers(left + right)]);
            return _graph.Node("Slice", [reflected, _graph.Integers(0), end, _graph.Integers(2)]);
        }

        private string Upsample(UpsamplingWeights upsampling, string signal)
        {
            var left = upsampling.LeftTrim(_config.Causal, _config.TrimRightRatio);
            return _graph.Node(
                "ConvTranspose",
                [signal, Weights(upsampling.Weight), Weights(upsampling.Bias, upsampling.Outputs)],
                ("kernel_shape", new long[] { 2 * upsampling.Ratio }),
                ("strides", new long[] { upsampling.Ratio }),
                ("pads", new long[] { left, upsampling.Ratio - left }));
        }

        private string Lstm(string signal)
        {
            // ONNX wants [time, batch, channels].
            var rows = _graph.Node("Transpose", [signal], ("perm", new long[] { 2, 0, 1 }));
            foreach (var layer in weights.Lstm)
            {
                var bias = new float[8 * layer.Width];
                Reorder(layer.Bias, layer.Width).CopyTo(bias, 0);
                var hidden = _graph.Node(
                    "LSTM",
                    [rows, Gates(layer.Input, layer.Width), Gates(layer.Recurrent, layer.Width), Weights(bias, 1, bias.Length)],
                    ("hidden_size", layer.Width));
                // [time, directions, batch, channels] with one direction
                rows = _graph.Node("Squeeze", [hidden, _graph.Integers(1)]);
            }

            return _graph.Node("Transpose", [rows], ("perm", new long[] { 1, 2, 0 }));
        }

        private string Gates(CodecWeight weight, int width)
        {
            byte[] Read() => MemoryMarshal.AsBytes<float>(Reorder(weight.ToFloats(), width * width)).ToArray();
            return _graph.Constant(Name(), new OnnxConstant(OnnxType.Float, [1, 4 * width, width], Read));
        }

        /// <summary>Checkpoints have the gates in the order input, forget, cell, output; ONNX input, output, forget, cell.</summary>
        private static float[] Reorder(float[] gates, int size) =>
            [.. gates[..size], .. gates[(3 * size)..], .. gates[size..(3 * size)]];

        private string Weights(CodecWeight weight) => _graph.Constant(
            Name(), new OnnxConstant(OnnxType.Float, weight.Shape, () => MemoryMarshal.AsBytes<float>(weight.ToFloats()).ToArray()));

        private string Weights(float[] values, params long[] shape) => _graph.Constant(Name(), values, shape);

        private string Name() => $"weights_{(_constants++).ToString(CultureInfo.InvariantCulture)}";
    }
}

using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// CLAP's audio tower as a graph: HTSAT without fusion (Chen et al. 2022; names and order of transformers 4.57) and the projection. The tokens
/// lie in the order of the windows that they attend in: where the windows move, the rows are gathered anew, which is all that rolling and
/// cutting windows comes to; the windows' position bias and mask are one constant.
/// </summary>
internal static class HtsatGraph
{
    private const string Encoder = "audio_model.audio_encoder.";
    private const int Grid = HtsatConfig.Grid;

    /// <summary>Of batch normalisation, in the reference's code.</summary>
    private const float BatchEpsilon = 1e-5f;

    /// <summary>Input: <c>input_features</c> float [1, 1, frames, 64], dB; output: <c>audio_embeds</c> float [1, width], not of unit length.</summary>
    /// <param name="frames">At most <see cref="HtsatConfig.Frames"/>.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape, or there are more blocks.</exception>
    public static GraphBuilder Build(CheckpointFolder checkpoint, ClapConfig config, int frames)
    {
        for (var stage = 0; stage < HtsatConfig.Stages; stage++)
        {
            var beyond = $"{Encoder}layers.{stage}.blocks.{config.Audio.Depths[stage]}.output.dense.weight";
            if (checkpoint.Tensors.TryGetValue(beyond, out var extra))
                throw new CheckpointException($"{extra.Path}: {beyond} is there, but {ClapConfig.FileName} has audio_config.depths {config.Audio.Depths[stage]} for stage {stage}.");
        }

        return new Stages(checkpoint, config, frames).Build();
    }

    private sealed class Stages(CheckpointFolder checkpoint, ClapConfig clap, int frames)
    {
        private readonly TowerGraph _tower = new("clap_audio", checkpoint, clap.Audio.Epsilon);
        private readonly HtsatConfig _config = clap.Audio;

        private GraphBuilder Graph => _tower.Graph;

        public GraphBuilder Build()
        {
            var features = Graph.Input(AudioTower.Features, OnnxType.Float, 1, 1, frames, HtsatConfig.MelBins);
            var order = TokenOrder.Windows(Grid, shift: 0);
            var states = Patches(Image(features), order);
            for (var stage = 0; stage < HtsatConfig.Stages; stage++)
            {
                for (var block = 0; block < _config.Depths[stage]; block++) (states, order) = Block(states, order, stage, block);
                if (stage < HtsatConfig.Stages - 1) (states, order) = Merge(states, order, stage);
            }

            var width = _config.PooledWidth;
            // One window is left.
            var tokens = _tower.Norm(states, Encoder + "norm", TokenOrder.WindowTokens, width);
            var pooled = Graph.Node("ReduceMean", [tokens], ("axes", new long[] { 1 }), ("keepdims", 0));
            Graph.Output(AudioTower.Embedding, _tower.Project(pooled, "audio_projection", width, clap.Width), OnnxType.Float, 1, clap.Width);
            return Graph;
        }

        /// <summary>Each mel bin normalised, and time stretched to the image's.</summary>
        /// <returns><c>[time, mel]</c>.</returns>
        private string Image(string features)
        {
            var (scale, shift) = BatchNorm(Encoder + "batch_norm");
            var normed = Graph.Node("Add", [Graph.Node("Mul", [Graph.Node("Reshape", [features, Graph.Integers(frames, HtsatConfig.MelBins)]), scale]), shift]);
            if (frames == HtsatConfig.Frames) return normed;
            // Only rows are mixed, four of them for each new one: much quicker as sums of whole rows than by an operator that stretches images.
            string[] taps = [.. Enumerable.Range(0, CubicStretch.Taps).Select(tap =>
            {
                var stretch = new CubicStretch(frames, HtsatConfig.Frames, tap);
                var rows = Gather(normed, stretch.Rows, [HtsatConfig.Frames], $"stretch.rows.{tap}");
                return Graph.Node("Mul", [rows, Graph.Constant($"stretch.weights.{tap}", stretch.Weights, HtsatConfig.Frames, 1)]);
            })];
            return taps.Aggregate((sum, tap) => Graph.Node("Add", [sum, tap]));
        }

        /// <summary>What is learned and what was measured in training, as one factor and one summand a bin.</summary>
        private (string Scale, string Shift) BatchNorm(string layer)
        {
            var parts = ((string[])["weight", "bias", "running_mean", "running_var"])
                .Select(part => WeightConstants.Weight(checkpoint, $"{layer}.{part}", HtsatConfig.MelBins)).ToArray();
            float Scale(int bin) => parts[0].ToFloats()[bin] / MathF.Sqrt(parts[3].ToFloats()[bin] + BatchEpsilon);
            return (
                Graph.Constant(layer + ".scale", _tower.Weights.Computed([HtsatConfig.MelBins], values =>
                {
                    for (var bin = 0; bin < values.Length; bin++) values[bin] = Scale(bin);
                })),
                Graph.Constant(layer + ".shift", _tower.Weights.Computed([HtsatConfig.MelBins], values =>
                {
                    for (var bin = 0; bin < values.Length; bin++) values[bin] = parts[1].ToFloats()[bin] - (parts[2].ToFloats()[bin] * Scale(bin));
                })));
        }

        /// <summary>
        /// The image in patches, each through one linear layer, which is what the convolution is whose step is as long as its kernel. The
        /// image's rows are the mel bins, one part of the time below the other.
        /// </summary>
        /// <returns>Normalised, <c>[windows, 64, channels]</c>.</returns>
        private string Patches(string image, IReadOnlyList<int> order)
        {
            const int parts = HtsatConfig.ImageSize / HtsatConfig.MelBins, patch = HtsatConfig.PatchSize, rows = HtsatConfig.MelBins / patch;
            var split = Graph.Node("Reshape", [image, Graph.Integers(parts, Grid, patch, rows, patch)]);
            // part, row, column, mel within, time within
            var patches = Graph.Node("Transpose", [split], ("perm", new long[] { 0, 3, 1, 4, 2 }));
            var rowsOfPatches = Graph.Node("Reshape", [patches, Graph.Integers(Grid * Grid, patch * patch)]);
            var ordered = Gather(rowsOfPatches, TokenOrder.Moves(TokenOrder.Rows(Grid), order), Windowed(order), "patches");
            const string layer = Encoder + "patch_embed.proj";
            var kernel = WeightConstants.Weight(checkpoint, layer + ".weight", _config.Channels, 1, patch, patch);
            var weights = _tower.Weights.Computed([patch * patch, _config.Channels], values =>
            {
                var taken = kernel.ToFloats();
                for (var i = 0; i < taken.Length; i++) values[(i % (patch * patch) * _config.Channels) + (i / (patch * patch))] = taken[i];
            });
            var embedded = Graph.Node("MatMul", [ordered, Graph.Constant(layer, weights)]);
            return _tower.Norm(embedded, Encoder + "patch_embed.norm", TokenOrder.WindowTokens, _config.Channels, _tower.Bias(layer, _config.Channels));
        }

        /// <param name="states"><c>[windows, 64, width]</c> in the given order.</param>
        private (string States, IReadOnlyList<int> Order) Block(string states, IReadOnlyList<int> order, int stage, int block)
        {
            var prefix = FormattableString.Invariant($"{Encoder}layers.{stage}.blocks.{block}.");
            var (width, heads, size) = (_config.Width(stage), _config.Heads[stage], Grid >> stage);
            // The last stage is one window, which cannot be shifted.
            var shift = block % 2 == 1 && size > HtsatConfig.WindowSize ? HtsatConfig.WindowSize / 2 : 0;
            var windows = TokenOrder.Windows(size, shift);
            if (!windows.SequenceEqual(order)) states = Gather(Rows(states, width), TokenOrder.Moves(order, windows), Windowed(windows), prefix + "windows");

            var normed = _tower.Norm(states, prefix + "layernorm_before", TokenOrder.WindowTokens, width);
            var attention = _tower.Attention(normed, prefix + "attention.self.", width, heads, PositionBias(prefix + "attention.self.", heads, size, shift));
            var output = _tower.Product(attention, prefix + "attention.output.dense", width, width);
            (normed, states) = _tower.AddNorm(output, states, _tower.Bias(prefix + "attention.output.dense", width), prefix + "layernorm_after", width);
            output = _tower.FeedForward(normed, prefix, width, _config.InnerWidth(stage));
            output = Graph.Node("Add", [output, _tower.Bias(prefix + "output.dense", width)]);
            return (Graph.Node("Add", [output, states]), windows);
        }

        /// <summary>What is added before the softmax: the learned bias of two tokens' distance, and the mask of shifted windows.</summary>
        private string PositionBias(string prefix, int heads, int size, int shift)
        {
            const int tokens = TokenOrder.WindowTokens;
            var table = WeightConstants.Weight(checkpoint, prefix + "relative_position_bias_table", TokenOrder.Distances, heads);
            var windows = shift > 0 ? size / HtsatConfig.WindowSize * (size / HtsatConfig.WindowSize) : 1;
            return Graph.Constant(prefix + "bias", _tower.Weights.Computed([windows, heads, tokens, tokens], values =>
            {
                var learned = table.ToFloats();
                for (var i = 0; i < values.Length; i++)
                {
                    var (row, to) = Math.DivRem(i, tokens);
                    var (plane, from) = Math.DivRem(row, tokens);
                    var (window, head) = Math.DivRem(plane, heads);
                    values[i] = learned[(TokenOrder.Distance(from, to) * heads) + head] + TokenOrder.Mask(size, shift, window, from, to);
                }
            }));
        }

        /// <summary>Four neighbours become one token of twice the width.</summary>
        private (string States, IReadOnlyList<int> Order) Merge(string states, IReadOnlyList<int> order, int stage)
        {
            var prefix = FormattableString.Invariant($"{Encoder}layers.{stage}.downsample.");
            var (width, size) = (_config.Width(stage), Grid >> stage);
            var merged = TokenOrder.Windows(size / 2, shift: 0);
            var neighbours = Gather(Rows(states, width), TokenOrder.Moves(order, TokenOrder.Neighbours(merged, size)), [4 * merged.Count], prefix + "neighbours");
            var joined = Graph.Node("Reshape", [neighbours, Graph.Integers(-1, TokenOrder.WindowTokens, 4 * width)]);
            var normed = _tower.Norm(joined, prefix + "norm", TokenOrder.WindowTokens, 4 * width);
            return (_tower.Product(normed, prefix + "reduction", 4 * width, 2 * width), merged);
        }

        private string Rows(string states, int width) => Graph.Node("Reshape", [states, Graph.Integers(-1, width)]);

        private static long[] Windowed(IReadOnlyList<int> order) => [order.Count / TokenOrder.WindowTokens, TokenOrder.WindowTokens];

        /// <param name="rows"><c>[rows, width]</c>.</param>
        /// <param name="shape">In which the chosen rows stand.</param>
        private string Gather(string rows, IReadOnlyList<int> chosen, long[] shape, string name) =>
            Graph.Node("Gather", [rows, Graph.Constant(name, new OnnxConstant(OnnxType.Int32, shape, () => [.. chosen.SelectMany(BitConverter.GetBytes)]))]);
    }
}

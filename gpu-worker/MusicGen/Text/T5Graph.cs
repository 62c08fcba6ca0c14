using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.MusicGen.Text;

/// <summary>
/// The T5 encoder as a graph (Raffel et al. 2020; names and order of transformers 4.57): pre-norm blocks with RMS norm, attention without the
/// usual scale, a relative position bias that is given as an input, and no biases in its linear layers.
/// </summary>
internal static class T5Graph
{
    public const string Ids = "input_ids";
    public const string Bias = "position_bias";
    public const string States = "last_hidden_state";

    public const string BiasTable = Encoder + "block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    public const string Encoder = "text_encoder.encoder.";

    /// <summary>
    /// Inputs: <c>input_ids</c> int64 [1, s], <c>position_bias</c> [1, heads, s, s]; output: <c>last_hidden_state</c> [1, s, width], float.
    /// </summary>
    /// <param name="weights">Float16 for CUDA: the sums between blocks and the last product of each stay in float, whose range T5 needs.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    public static GraphBuilder Build(CheckpointFolder checkpoint, T5Config config, OnnxType weights)
    {
        RefuseOther(checkpoint, config);
        return new Blocks(checkpoint, config, weights).Build();
    }

    /// <summary>The name of the table of tokens, <c>[vocabulary, width]</c>: published checkpoints have it under one or both of two names.</summary>
    public static string Embeddings(CheckpointFolder checkpoint)
    {
        const string shared = "text_encoder.shared.weight", embedding = Encoder + "embed_tokens.weight";
        return checkpoint.Tensors.ContainsKey(shared) || !checkpoint.Tensors.ContainsKey(embedding) ? shared : embedding;
    }

    /// <exception cref="CheckpointException">The checkpoint's encoder is another kind of T5, or has more layers.</exception>
    public static void RefuseOther(CheckpointFolder checkpoint, T5Config config)
    {
        const string gate = Encoder + "block.0.layer.1.DenseReluDense.wi_0.weight";
        if (checkpoint.Tensors.TryGetValue(gate, out var gated))
        {
            throw new CheckpointException($"{gated.Path}: {gate} belongs to a T5 with gated GELU (v1.1, Flan); MusicGen's text encoder is a T5 with ReLU.");
        }

        var beyond = $"{Encoder}block.{config.Layers}.layer.0.SelfAttention.q.weight";
        if (checkpoint.Tensors.TryGetValue(beyond, out var extra))
        {
            throw new CheckpointException($"{extra.Path}: {beyond} is there, but config.json has text_encoder.num_layers {config.Layers}.");
        }
    }

    private sealed class Blocks(CheckpointFolder checkpoint, T5Config config, OnnxType type)
    {
        private readonly GraphBuilder _graph = new("t5_encoder");
        private readonly WeightConstants _weights = new(checkpoint, type);
        private readonly WeightConstants _exact = new(checkpoint, OnnxType.Float);
        private readonly long _heads = (long)config.Heads * config.HeadWidth;

        public GraphBuilder Build()
        {
            var ids = _graph.Input(Ids, OnnxType.Int64, 1, "s");
            var bias = Weighted(_graph.Input(Bias, OnnxType.Float, 1, config.Heads, "s", "s"));
            var table = Embeddings(checkpoint);
            var states = Exact(_graph.Node("Gather", [_graph.Constant(table, _weights.Values(table, config.VocabularySize, config.Width)), ids]));
            for (var block = 0; block < config.Layers; block++)
            {
                var layer = $"block.{block}.layer.";
                states = _graph.Node("Add", [states, Attention(Norm(states, $"{layer}0.layer_norm"), bias, $"{Encoder}{layer}0.SelfAttention.")]);
                states = _graph.Node("Add", [states, FeedForward(Norm(states, $"{layer}1.layer_norm"), $"{Encoder}{layer}1.DenseReluDense.")]);
            }

            _graph.Output(States, Norm(states, "final_layer_norm"), OnnxType.Float, 1, "s", config.Width);
            return _graph;
        }

        private string Norm(string states, string name)
        {
            var weight = $"{Encoder}{name}.weight";
            return _graph.Node("SimplifiedLayerNormalization", [states, _graph.Constant(weight, _exact.Values(weight, config.Width))],
                ("axis", -1), ("epsilon", config.Epsilon), ("stash_type", 1));
        }

        private string Attention(string states, string bias, string prefix)
        {
            string[] names = [prefix + "q.weight", prefix + "k.weight", prefix + "v.weight"];
            var all = _graph.Node("MatMul", [Weighted(states), _graph.Constant(prefix + "qkv", _weights.Linear(names, _heads, config.Width))]);
            var parts = _graph.Node("", "Split", [all, _graph.Integers(_heads, _heads, _heads)], 3, ("axis", -1));
            var attention = _graph.MicrosoftNode("MultiHeadAttention", [.. parts, "", "", bias], ("num_heads", config.Heads), ("scale", 1f));
            return Exact(_graph.Node("MatMul", [attention, _graph.Constant(prefix + "o", _weights.Linear([prefix + "o.weight"], config.Width, _heads))]));
        }

        private string FeedForward(string states, string prefix)
        {
            var wi = _graph.Constant(prefix + "wi", _weights.Linear([prefix + "wi.weight"], config.InnerWidth, config.Width));
            var inner = _graph.Node("MatMul", [Weighted(states), wi]);
            var active = Exact(_graph.Node("Relu", [inner]));
            // In float like the reference's: with large activations this product leaves float16's range.
            return _graph.Node("MatMul", [active, _graph.Constant(prefix + "wo", _exact.Linear([prefix + "wo.weight"], config.Width, config.InnerWidth))]);
        }

        private string Weighted(string value) => type == OnnxType.Float ? value : _graph.Node("Cast", [value], ("to", (long)type));

        private string Exact(string value) => type == OnnxType.Float ? value : _graph.Node("Cast", [value], ("to", (long)OnnxType.Float));
    }
}

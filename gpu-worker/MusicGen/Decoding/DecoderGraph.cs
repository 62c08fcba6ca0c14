using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>
/// MusicGen's decoder as two graphs (Copet et al. 2023; names and order of transformers 4.57). One runs once for a song: it projects the text
/// states and computes the keys and values that cross-attention needs of them. The other takes tokens and gives logits, and writes its own keys and
/// values into the buffers that it reads them from: <c>GroupQueryAttention</c> does so when past and present are bound to the same memory.
/// </summary>
internal static class DecoderGraph
{
    public const string Tokens = "input_ids";
    public const string Positions = "positions";
    public const string LastPosition = "seqlens_k";
    public const string TotalLength = "total_sequence_length";
    public const string Logits = "logits";

    public const string TextStates = "text_states";
    public const string Conditional = "conditional";

    private const string Prefix = "decoder.model.decoder.";
    private const string Projection = "enc_to_dec_proj";

    public static string Past(int layer, bool key) => $"past.{layer}.{(key ? "key" : "value")}";

    public static string Present(int layer, bool key) => $"present.{layer}.{(key ? "key" : "value")}";

    public static string Cross(int layer, bool key) => $"cross.{layer}.{(key ? "key" : "value")}";

    /// <summary>Whether the checkpoint is one in float16.</summary>
    public static bool IsHalf(CheckpointFolder checkpoint) => checkpoint.Get($"{Prefix}layer_norm.weight", -1).Type == TensorType.Float16;

    /// <summary>
    /// Inputs: <c>input_ids</c> int64 [b, n, codebooks], <c>positions</c> float [n, width] (<see cref="SinusoidalPositions"/>),
    /// <c>seqlens_k</c> int32 [b] (the newest position), <c>total_sequence_length</c> int32 [1] (one more),
    /// <c>past.L.key/value</c> [b, heads, capacity, head width], <c>cross.L.key/value</c> [b, heads, s, head width].
    /// Outputs: <c>present.L.key/value</c> like the past, and <c>logits</c> float [b, 1, codebooks · vocabulary] of the last of the n positions.
    /// n is 1, or anything when nothing is in the past.
    /// </summary>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    public static GraphBuilder Build(CheckpointFolder checkpoint, DecoderConfig config, OnnxType weights)
    {
        RefuseOther(checkpoint, config);
        return new Layers(checkpoint, config, weights).Build();
    }

    /// <summary>
    /// Inputs: <c>text_states</c> float [1, s, text width], <c>conditional</c> float [b, 1, 1]: 1 for a row with the text, 0 for one without.
    /// Outputs: <c>cross.L.key/value</c> [b, heads, s, head width]. A row without text has keys and values of zero, which is what attention over
    /// states that are all masked gives: zeros.
    /// </summary>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    public static GraphBuilder BuildCross(CheckpointFolder checkpoint, DecoderConfig config, T5Config text, OnnxType weights)
    {
        var constants = new WeightConstants(checkpoint, weights);
        var graph = new GraphBuilder("musicgen_cross");
        var states = graph.Input(TextStates, OnnxType.Float, 1, "s", text.Width);
        var conditional = graph.Input(Conditional, OnnxType.Float, "b", 1, 1);
        states = Cast(graph, states, weights);
        // Absent where both are equally wide.
        if (text.Width != config.Width || checkpoint.Tensors.ContainsKey($"{Projection}.weight"))
        {
            var weight = graph.Constant($"{Projection}.weight", constants.Linear([$"{Projection}.weight"], config.Width, text.Width));
            var bias = graph.Constant($"{Projection}.bias", constants.Values($"{Projection}.bias", config.Width));
            states = graph.Node("Add", [graph.Node("MatMul", [states, weight]), bias]);
        }

        states = graph.Node("Mul", [states, Cast(graph, conditional, weights)]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var key in (bool[])[true, false])
            {
                var name = $"{Prefix}layers.{layer}.encoder_attn.{(key ? "k" : "v")}_proj.weight";
                var flat = graph.Node("MatMul", [states, graph.Constant(name, constants.Linear([name], config.Width, config.Width))]);
                var heads = graph.Node("Reshape", [flat, graph.Integers(0, 0, config.Heads, config.HeadWidth)]);
                graph.Output(Cross(layer, key), graph.Node("Transpose", [heads], ("perm", (long[])[0, 2, 1, 3])), weights, "b", config.Heads, "s", config.HeadWidth);
            }
        }

        return graph;
    }

    private static string Cast(GraphBuilder graph, string value, OnnxType type) => type == OnnxType.Float ? value : graph.Node("Cast", [value], ("to", (long)type));

    private static void RefuseOther(CheckpointFolder checkpoint, DecoderConfig config)
    {
        Absent($"{Prefix}layers.{config.Layers}.self_attn.q_proj.weight", $"num_hidden_layers {config.Layers}");
        Absent($"{Prefix}embed_tokens.{config.Codebooks}.weight", $"num_codebooks {config.Codebooks}");
        if (config.HeadWidth % 8 != 0)
        {
            throw new CheckpointException(
                $"{checkpoint.Folder}: heads of {config.HeadWidth} channels cannot be computed here; hidden_size / num_attention_heads must be a multiple of 8.");
        }

        void Absent(string name, string key)
        {
            if (!checkpoint.Tensors.TryGetValue(name, out var tensor)) return;
            throw new CheckpointException($"{tensor.Path}: {name} is there, but config.json has decoder.{key}.");
        }
    }

    private sealed class Layers(CheckpointFolder checkpoint, DecoderConfig config, OnnxType type)
    {
        /// <summary>PyTorch's default, which MusicGen uses.</summary>
        private const float Epsilon = 1e-5f;

        private readonly GraphBuilder _graph = new("musicgen_decoder");
        private readonly WeightConstants _weights = new(checkpoint, type);
        private readonly float _scale = 1 / MathF.Sqrt(config.HeadWidth);

        public GraphBuilder Build()
        {
            var sum = Embed();
            var last = _graph.Input(LastPosition, OnnxType.Int32, "b");
            var total = _graph.Input(TotalLength, OnnxType.Int32, 1);
            var first = Names(0, "self_attn_layer_norm");
            var states = _graph.Node("LayerNormalization", [sum, .. first], ("axis", -1), ("epsilon", Epsilon));
            for (var layer = 0; layer < config.Layers; layer++)
            {
                (states, sum) = Normalised(SelfAttention(states, last, total, layer), sum, Names(layer, "encoder_attn_layer_norm"));
                (states, sum) = Normalised(CrossAttention(states, layer), sum, Names(layer, "final_layer_norm"));
                var next = layer + 1 < config.Layers ? Names(layer + 1, "self_attn_layer_norm") : Norm($"{Prefix}layer_norm");
                (states, sum) = Normalised(FeedForward(states, layer), sum, next);
            }

            // Of several positions only the last one's logits are wanted.
            states = _graph.Node("Gather", [states, _graph.Integers(-1)], ("axis", 1));
            var heads = Enumerable.Range(0, config.Codebooks).Select(book => $"decoder.lm_heads.{book}.weight").ToArray();
            var logits = _graph.Node("MatMul", [states, _graph.Constant("lm_heads", _weights.Linear(heads, config.VocabularySize, config.Width))]);
            _graph.Output(Logits, Cast(_graph, logits, type, OnnxType.Float), OnnxType.Float, "b", 1, config.Codebooks * config.VocabularySize);
            return _graph;
        }

        /// <summary>The sum of the codebooks' embeddings, from one table with each codebook's rows below the last one's, and the position's.</summary>
        private string Embed()
        {
            var tokens = _graph.Input(Tokens, OnnxType.Int64, "b", "n", config.Codebooks);
            var positions = Cast(_graph, _graph.Input(Positions, OnnxType.Float, "n", config.Width), OnnxType.Float, type);
            var rows = config.VocabularySize + 1;
            var names = Enumerable.Range(0, config.Codebooks).Select(book => $"{Prefix}embed_tokens.{book}.weight").ToArray();
            var table = _graph.Constant("embed_tokens", _weights.Rows(names, rows, config.Width));
            var starts = _graph.Integers([.. Enumerable.Range(0, config.Codebooks).Select(book => (long)book * rows)]);
            var each = _graph.Node("Gather", [table, _graph.Node("Add", [tokens, starts])]);
            return _graph.Node("Add", [_graph.Node("ReduceSum", [each, _graph.Integers(2)], ("keepdims", 0)), positions]);
        }

        private string SelfAttention(string states, string last, string total, int layer)
        {
            var prefix = $"{Prefix}layers.{layer}.self_attn.";
            var qkv = Linear(states, prefix + "qkv", [prefix + "q_proj.weight", prefix + "k_proj.weight", prefix + "v_proj.weight"], config.Width, config.Width);
            OnnxDimension[] cache = ["b", config.Heads, "capacity", config.HeadWidth];
            var attention = $"attention.{layer}";
            _graph.NodeTo(
                GraphBuilder.Microsoft,
                "GroupQueryAttention",
                [qkv, "", "", _graph.Input(Past(layer, key: true), type, cache), _graph.Input(Past(layer, key: false), type, cache), last, total],
                [attention, Present(layer, key: true), Present(layer, key: false)],
                ("num_heads", config.Heads),
                ("kv_num_heads", config.Heads),
                ("scale", _scale));
            foreach (var key in (bool[])[true, false]) _graph.Output(Present(layer, key), Present(layer, key), type, cache);
            return Linear(attention, prefix + "out_proj", [prefix + "out_proj.weight"], config.Width, config.Width);
        }

        private string CrossAttention(string states, int layer)
        {
            var prefix = $"{Prefix}layers.{layer}.encoder_attn.";
            OnnxDimension[] shape = ["b", config.Heads, "s", config.HeadWidth];
            var query = Linear(states, prefix + "q_proj", [prefix + "q_proj.weight"], config.Width, config.Width);
            string[] inputs = [query, _graph.Input(Cross(layer, key: true), type, shape), _graph.Input(Cross(layer, key: false), type, shape)];
            var attention = _graph.MicrosoftNode("MultiHeadAttention", inputs, ("num_heads", config.Heads), ("scale", _scale));
            return Linear(attention, prefix + "out_proj", [prefix + "out_proj.weight"], config.Width, config.Width);
        }

        private string FeedForward(string states, int layer)
        {
            var prefix = $"{Prefix}layers.{layer}.";
            var inner = Linear(states, prefix + "fc1", [prefix + "fc1.weight"], config.InnerWidth, config.Width);
            return Linear(_graph.MicrosoftNode("Gelu", [inner]), prefix + "fc2", [prefix + "fc2.weight"], config.Width, config.InnerWidth);
        }

        private string Linear(string states, string name, IReadOnlyList<string> tensors, int outputs, int inputs) =>
            _graph.Node("MatMul", [states, _graph.Constant(name, _weights.Linear(tensors, outputs, inputs))]);

        /// <summary>The residual sum, and its normalisation for what comes next, in one node.</summary>
        private (string States, string Sum) Normalised(string change, string sum, string[] norm)
        {
            var outputs = _graph.Node(GraphBuilder.Microsoft, "SkipLayerNormalization", [change, sum, .. norm], 4, ("epsilon", Epsilon));
            return (outputs[0], outputs[3]);
        }

        private string[] Names(int layer, string norm) => Norm($"{Prefix}layers.{layer}.{norm}");

        private string[] Norm(string name) =>
            [.. ((string[])[$"{name}.weight", $"{name}.bias"]).Select(tensor => _graph.Constant(tensor, _weights.Values(tensor, config.Width)))];

        private static string Cast(GraphBuilder graph, string value, OnnxType from, OnnxType to) => from == to ? value : graph.Node("Cast", [value], ("to", (long)to));
    }
}

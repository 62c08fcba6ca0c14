using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// CLAP's text tower as a graph: RoBERTa (Liu et al. 2019; names and order of transformers 4.57), post-norm blocks, the first token's state
/// through the pooler, and the projection. Reads one text at a time, so that nothing is padded and no mask is needed.
/// </summary>
internal static class RobertaGraph
{
    private const string Model = "text_model.";
    private const string Embeddings = Model + "embeddings.";
    private const string Layers = Model + "encoder.layer.";

    /// <summary>Input: <c>input_ids</c> int64 [1, s]; output: <c>text_embeds</c> float [1, width], not of unit length.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape, or there are more layers.</exception>
    public static GraphBuilder Build(CheckpointFolder checkpoint, ClapConfig config)
    {
        var beyond = $"{Layers}{config.Text.Layers}.output.dense.weight";
        if (checkpoint.Tensors.TryGetValue(beyond, out var extra))
            throw new CheckpointException($"{extra.Path}: {beyond} is there, but {ClapConfig.FileName} has text_config.num_hidden_layers {config.Text.Layers}.");
        return new Blocks(checkpoint, config).Build();
    }

    private sealed class Blocks(CheckpointFolder checkpoint, ClapConfig clap)
    {
        private readonly TowerGraph _tower = new("clap_text", checkpoint, clap.Text.Epsilon);
        private readonly RobertaConfig _config = clap.Text;

        private GraphBuilder Graph => _tower.Graph;

        public GraphBuilder Build()
        {
            var ids = Graph.Input(TextTower.Ids, OnnxType.Int64, 1, "s");
            var words = Lookup("word_embeddings", _config.VocabularySize, ids);
            var positions = Lookup("position_embeddings", _config.Positions, Positions(ids));
            const string type = Embeddings + "token_type_embeddings.weight";
            // The only row, as a vector that is added to each token.
            var segment = Graph.Node("Reshape", [Graph.Constant(type, _tower.Weights.Values(type, 1, _config.Width)), Graph.Integers(_config.Width)]);
            var states = _tower.AddNorm(words, positions, segment, Embeddings + "LayerNorm", _config.Width).Normed;
            for (var layer = 0; layer < _config.Layers; layer++) states = Block(states, $"{Layers}{layer}.");
            var first = Graph.Node("Gather", [states, Graph.Integers(0)], ("axis", 1));
            var pooled = Graph.Node("Reshape", [first, Graph.Integers(1, _config.Width)]);
            pooled = Graph.Node("Tanh", [_tower.Linear(pooled, Model + "pooler.dense", _config.Width, _config.Width)]);
            Graph.Output(TextTower.Embedding, _tower.Project(pooled, "text_projection", _config.Width, clap.Width), OnnxType.Float, 1, clap.Width);
            return Graph;
        }

        private string Lookup(string table, int rows, string indices)
        {
            var name = $"{Embeddings}{table}.weight";
            return Graph.Node("Gather", [Graph.Constant(name, _tower.Weights.Values(name, rows, _config.Width)), indices]);
        }

        /// <summary>Counts the tokens from behind the padding token's own position on; a padding token, should one be written in a text, keeps that.</summary>
        private string Positions(string ids)
        {
            var counted = Graph.Node("Cast", [Graph.Node("Not", [Graph.Node("Equal", [ids, Graph.Integers(_config.PadToken)])])], ("to", (long)OnnxType.Int64));
            var number = Graph.Node("Mul", [Graph.Node("CumSum", [counted, Graph.Integers(1)]), counted]);
            return Graph.Node("Add", [number, Graph.Integers(_config.PadToken)]);
        }

        private string Block(string states, string prefix)
        {
            var attention = _tower.Attention(states, prefix + "attention.self.", _config.Width, _config.Heads, bias: "");
            var output = _tower.Product(attention, prefix + "attention.output.dense", _config.Width, _config.Width);
            states = _tower.AddNorm(output, states, _tower.Bias(prefix + "attention.output.dense", _config.Width), prefix + "attention.output.LayerNorm", _config.Width).Normed;
            output = _tower.FeedForward(states, prefix, _config.Width, _config.InnerWidth);
            return _tower.AddNorm(output, states, _tower.Bias(prefix + "output.dense", _config.Width), prefix + "output.LayerNorm", _config.Width).Normed;
        }
    }
}

using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.Scoring.Clap;

/// <summary>What both towers are put together from. Linear layers in the checkpoint are <c>[outputs, inputs]</c> with a bias.</summary>
/// <param name="epsilon">Of every layer normalisation.</param>
internal sealed class TowerGraph(string name, CheckpointFolder checkpoint, float epsilon)
{
    public GraphBuilder Graph { get; } = new(name);

    public WeightConstants Weights { get; } = new(checkpoint, OnnxType.Float);

    /// <summary>
    /// Layer normalisation of what has no residual: with one of zeros, because ONNX Runtime's operator for both is several times as fast on the
    /// CPU as that for the norm alone.
    /// </summary>
    /// <param name="value"><c>[batch, rows, width]</c>.</param>
    /// <param name="bias">Of the layer before, added first; empty for none.</param>
    public string Norm(string value, string layer, int rows, int width, string bias = "")
    {
        var zeros = Graph.Constant(FormattableString.Invariant($"zeros_{rows}_{width}"), new float[rows * width], rows, width);
        return AddNorm(value, zeros, bias, layer, width).Normed;
    }

    /// <summary>Layer normalisation of value + residual + bias, and the sum itself.</summary>
    /// <param name="bias">Empty for none.</param>
    public (string Normed, string Sum) AddNorm(string value, string residual, string bias, string layer, int width)
    {
        string[] inputs = [value, residual, Vector(layer + ".weight", width), Vector(layer + ".bias", width), bias];
        // The second and third output are for training.
        var outputs = Graph.Node(GraphBuilder.Microsoft, "SkipLayerNormalization", inputs, 4, ("epsilon", epsilon));
        return (outputs[0], outputs[3]);
    }

    /// <summary>Without its bias.</summary>
    public string Product(string value, string layer, int inputs, int outputs) =>
        Graph.Node("MatMul", [value, Graph.Constant(layer, Weights.Linear([layer + ".weight"], outputs, inputs))]);

    public string Linear(string value, string layer, int inputs, int outputs) => Graph.Node("Add", [Product(value, layer, inputs, outputs), Bias(layer, outputs)]);

    public string Bias(string layer, int width) => Vector(layer + ".bias", width);

    /// <summary>
    /// Softmax(q·kᵀ / √d + bias)·v of each head, heads side by side; query, key and value come from one product.
    /// </summary>
    /// <param name="value"><c>[batch, tokens, width]</c>.</param>
    /// <param name="bias"><c>[batch or 1, heads, tokens, tokens]</c>; empty for none.</param>
    public string Attention(string value, string prefix, int width, int heads, string bias)
    {
        string[] layers = [prefix + "query", prefix + "key", prefix + "value"];
        var weights = Graph.Constant(prefix + "qkv.weight", Weights.Linear([.. layers.Select(layer => layer + ".weight")], width, width));
        var biases = Graph.Constant(prefix + "qkv.bias", Weights.Vectors([.. layers.Select(layer => layer + ".bias")], width));
        var parts = Graph.Node("", "Split", [Graph.Node("MatMul", [value, weights]), Graph.Integers(width, width, width)], 3, ("axis", -1));
        return Graph.MicrosoftNode("MultiHeadAttention", [.. parts, biases, "", bias], ("num_heads", heads));
    }

    /// <summary>W₂·gelu(W₁·value + b₁), gelu with the error function; without b₂.</summary>
    public string FeedForward(string value, string prefix, int width, int inner)
    {
        var active = Graph.MicrosoftNode("BiasGelu", [Product(value, prefix + "intermediate.dense", width, inner), Bias(prefix + "intermediate.dense", inner)]);
        return Product(active, prefix + "output.dense", inner, width);
    }

    /// <summary>Into the space that both towers share.</summary>
    public string Project(string value, string layer, int inputs, int width) =>
        Linear(Graph.Node("Relu", [Linear(value, layer + ".linear1", inputs, width)]), layer + ".linear2", width, width);

    public string Vector(string vector, int width) => Graph.Constant(vector, Weights.Values(vector, width));
}

using System.Numerics.Tensors;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Text;

/// <summary>
/// The T5 encoder on the CPU in single precision, straight from the checkpoint and with little memory: a prompt reads every weight once, so the
/// weights are not kept. The checkpoint is opened anew for each block, which gives the pages of the one before back; a session with all of them
/// would hold 400 MB beside the decoder. Each number is one dot product, whatever the number of threads.
/// </summary>
internal sealed class LeanTextEncoder : ITextEncoder
{
    private const string Encoder = "text_encoder.encoder.";

    /// <summary>Rows of a matrix that a thread takes at once: with their inputs they fit into its cache.</summary>
    private const int RowsTogether = 32;

    private readonly string _folder;
    private readonly T5Config _config;
    private readonly ParallelOptions _threads;
    private readonly float[] _biasTable;

    private LeanTextEncoder(string folder, T5Config config, int threads, float[] biasTable) =>
        (_folder, _config, _threads, _biasTable) = (folder, config, new ParallelOptions { MaxDegreeOfParallelism = threads }, biasTable);

    /// <summary>Checks that all weights are there.</summary>
    /// <param name="checkpoint">Looked at; it is opened again for each prompt.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    public static LeanTextEncoder Load(CheckpointFolder checkpoint, T5Config config, int threads)
    {
        T5Graph.RefuseOther(checkpoint, config);
        var table = checkpoint.Get(T5Graph.BiasTable, config.Buckets, config.Heads).ToFloats();
        var encoder = new LeanTextEncoder(checkpoint.Folder, config, threads, table);
        checkpoint.Get(T5Graph.EmbeddingOf(checkpoint), config.VocabularySize, config.Width);
        for (var block = 0; block < config.Layers; block++) _ = encoder.Weights(checkpoint, block);
        checkpoint.Get(Encoder + "final_layer_norm.weight", config.Width);
        return encoder;
    }

    public float[] Encode(IReadOnlyList<int> ids)
    {
        var bias = RelativePositions.Bias(_config, _biasTable, ids.Count);
        var states = Embed(ids);
        for (var block = 0; block < _config.Layers; block++)
        {
            using var checkpoint = CheckpointFolder.Open(_folder);
            RunBlock(Weights(checkpoint, block), states, ids.Count, bias);
        }

        using var last = CheckpointFolder.Open(_folder);
        return Normalise(states, last.Get(Encoder + "final_layer_norm.weight", _config.Width));
    }

    public void Dispose()
    {
        // Nothing is held between prompts.
    }

    private float[] Embed(IReadOnlyList<int> ids)
    {
        using var checkpoint = CheckpointFolder.Open(_folder);
        var table = checkpoint.Get(T5Graph.EmbeddingOf(checkpoint), _config.VocabularySize, _config.Width);
        var states = new float[ids.Count * _config.Width];
        for (var token = 0; token < ids.Count; token++) table.Read((long)ids[token] * _config.Width, states.AsSpan(token * _config.Width, _config.Width));
        return states;
    }

    private BlockWeights Weights(CheckpointFolder checkpoint, int block)
    {
        var (width, heads) = (_config.Width, _config.Heads * _config.HeadWidth);
        var (attention, feedForward) = ($"{Encoder}block.{block}.layer.0.", $"{Encoder}block.{block}.layer.1.");
        return new BlockWeights(
            checkpoint.Get(attention + "layer_norm.weight", width),
            checkpoint.Get(attention + "SelfAttention.q.weight", heads, width),
            checkpoint.Get(attention + "SelfAttention.k.weight", heads, width),
            checkpoint.Get(attention + "SelfAttention.v.weight", heads, width),
            checkpoint.Get(attention + "SelfAttention.o.weight", width, heads),
            checkpoint.Get(feedForward + "layer_norm.weight", width),
            checkpoint.Get(feedForward + "DenseReluDense.wi.weight", _config.InnerWidth, width),
            checkpoint.Get(feedForward + "DenseReluDense.wo.weight", width, _config.InnerWidth));
    }

    private void RunBlock(BlockWeights weights, float[] states, int tokens, float[] bias)
    {
        var normed = Normalise(states, weights.AttentionNorm);
        var attention = Attend(Product(weights.Query, normed, tokens), Product(weights.Key, normed, tokens), Product(weights.Value, normed, tokens), tokens, bias);
        TensorPrimitives.Add(states, Product(weights.Output, attention, tokens), states);

        var inner = Product(weights.Inner, Normalise(states, weights.FeedForwardNorm), tokens);
        TensorPrimitives.Max(inner, 0, inner);
        TensorPrimitives.Add(states, Product(weights.Outer, inner, tokens), states);
    }

    /// <summary>x / √(mean of x² + ε) · weight, row by row.</summary>
    private float[] Normalise(float[] states, CheckpointTensor tensor)
    {
        var weight = tensor.ToFloats();
        var output = new float[states.Length];
        for (var from = 0; from < states.Length; from += _config.Width)
        {
            var row = states.AsSpan(from, _config.Width);
            var scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(row) / row.Length + _config.Epsilon);
            TensorPrimitives.Multiply(row, scale, output.AsSpan(from, row.Length));
            TensorPrimitives.Multiply(output.AsSpan(from, row.Length), weight, output.AsSpan(from, row.Length));
        }

        return output;
    }

    /// <param name="input"><c>[tokens, inputs]</c>.</param>
    /// <returns><c>[tokens, outputs]</c>.</returns>
    private float[] Product(CheckpointTensor matrix, float[] input, int tokens)
    {
        var (outputs, inputs) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        var result = new float[tokens * outputs];
        Parallel.For(
            0,
            (outputs + RowsTogether - 1) / RowsTogether,
            _threads,
            () => new float[RowsTogether * inputs],
            (part, _, rows) =>
            {
                var first = part * RowsTogether;
                var count = Math.Min(RowsTogether, outputs - first);
                matrix.Read((long)first * inputs, rows.AsSpan(0, count * inputs));
                for (var token = 0; token < tokens; token++)
                {
                    var x = input.AsSpan(token * inputs, inputs);
                    for (var row = 0; row < count; row++) result[token * outputs + first + row] = TensorPrimitives.Dot<float>(rows.AsSpan(row * inputs, inputs), x);
                }

                return rows;
            },
            _ => { });
        return result;
    }

    /// <summary>softmax(q·k + bias)·v; T5 does not divide by the root of the width.</summary>
    private float[] Attend(float[] query, float[] key, float[] value, int tokens, float[] bias)
    {
        var stride = _config.Heads * _config.HeadWidth;
        var output = new float[tokens * stride];
        Parallel.For(0, _config.Heads, _threads, head =>
        {
            var scores = new float[tokens];
            for (var i = 0; i < tokens; i++)
            {
                var q = Of(query, i);
                for (var j = 0; j < tokens; j++) scores[j] = TensorPrimitives.Dot(q, Of(key, j)) + bias[(head * tokens + i) * tokens + j];
                TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
                TensorPrimitives.SoftMax<float>(scores, scores);
                var sum = output.AsSpan(i * stride + head * _config.HeadWidth, _config.HeadWidth);
                for (var j = 0; j < tokens; j++) TensorPrimitives.MultiplyAdd(Of(value, j), scores[j], sum, sum);
            }

            ReadOnlySpan<float> Of(float[] rows, int token) => rows.AsSpan(token * stride + head * _config.HeadWidth, _config.HeadWidth);
        });
        return output;
    }

    private sealed record BlockWeights(
        CheckpointTensor AttentionNorm, CheckpointTensor Query, CheckpointTensor Key, CheckpointTensor Value, CheckpointTensor Output, CheckpointTensor FeedForwardNorm,
        CheckpointTensor Inner, CheckpointTensor Outer);
}

using System.Buffers;
using System.Numerics.Tensors;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;

namespace AudioReprompt.MusicGen.Text;

/// <summary>
/// The T5 encoder on the CPU, in single precision, straight from the mapped checkpoint: matrix by matrix, and each gives its memory back once
/// all tokens have passed it. So a prompt costs a matrix's memory instead of the whole encoder's. Calls may be concurrent.
/// </summary>
internal sealed unsafe class LeanTextEncoder : ITextEncoder
{
    /// <summary>Weight rows that a thread takes at a time.</summary>
    private const int RowsPerPart = 16;

    private readonly CheckpointFolder _checkpoint;
    private readonly T5Config _config;
    private readonly ParallelOptions _parallel;
    private readonly CheckpointTensor _embeddings;

    /// <summary><c>[buckets, heads]</c>.</summary>
    private readonly float[] _biasTable;
    private readonly Block[] _blocks;
    private readonly float[] _finalNorm;

    private LeanTextEncoder(CheckpointFolder checkpoint, T5Config config, int threads)
    {
        (_checkpoint, _config, _parallel) = (checkpoint, config, new ParallelOptions { MaxDegreeOfParallelism = threads });
        var heads = config.Heads * config.HeadWidth;
        _embeddings = Matrix(T5Graph.Embeddings(checkpoint), config.VocabularySize, config.Width);
        _biasTable = Floats(T5Graph.BiasTable, config.Buckets, config.Heads);
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(block =>
        {
            var (attention, feedForward) = ($"{T5Graph.Encoder}block.{block}.layer.0.", $"{T5Graph.Encoder}block.{block}.layer.1.");
            return new Block(
                Floats(attention + "layer_norm.weight", config.Width),
                [.. "qkv".Select(name => Matrix($"{attention}SelfAttention.{name}.weight", heads, config.Width))],
                Matrix(attention + "SelfAttention.o.weight", config.Width, heads),
                Floats(feedForward + "layer_norm.weight", config.Width),
                Matrix(feedForward + "DenseReluDense.wi.weight", config.InnerWidth, config.Width),
                Matrix(feedForward + "DenseReluDense.wo.weight", config.Width, config.InnerWidth));
        })];
        _finalNorm = Floats(T5Graph.Encoder + "final_layer_norm.weight", config.Width);

        CheckpointTensor Matrix(string name, long rows, long columns) => WeightConstants.Weight(checkpoint, name, rows, columns);

        float[] Floats(string name, params long[] shape)
        {
            var tensor = WeightConstants.Weight(checkpoint, name, shape);
            var values = tensor.ToFloats();
            tensor.Release();
            return values;
        }
    }

    /// <param name="folder">A checkpoint's; its file stays mapped until the encoder is disposed of.</param>
    /// <param name="threads">At least 1.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape or type.</exception>
    public static LeanTextEncoder Load(string folder, T5Config config, int threads)
    {
        var checkpoint = CheckpointFolder.Open(folder);
        try
        {
            T5Graph.RefuseOther(checkpoint, config);
            return new LeanTextEncoder(checkpoint, config, threads);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    public float[] Encode(IReadOnlyList<int> ids)
    {
        TextIds.Check(ids, _config);
        var states = new float[ids.Count * _config.Width];
        for (var token = 0; token < ids.Count; token++) _embeddings.Read((long)ids[token] * _config.Width, Row(states, token));
        _embeddings.Release();

        var bias = RelativePositions.Bias(_config, _biasTable, ids.Count);
        foreach (var block in _blocks)
        {
            Attend(block, bias, ids.Count, states);
            FeedForward(block, ids.Count, states);
        }

        return Normalise(states, _finalNorm);
    }

    public void Dispose() => _checkpoint.Dispose();

    private void Attend(Block block, float[] bias, int tokens, float[] states)
    {
        var heads = _config.Heads * _config.HeadWidth;
        var normed = Normalise(states, block.AttentionNorm);
        var all = new float[tokens * 3 * heads];
        for (var part = 0; part < 3; part++) Multiply(block.QueryKeyValue[part], normed, all, 3 * heads, part * heads);
        var gathered = new float[tokens * heads];
        Parallel.For(0, _config.Heads, _parallel, head => AttendHead(head, all, bias, tokens, gathered));
        var result = new float[states.Length];
        Multiply(block.Output, gathered, result, _config.Width);
        TensorPrimitives.Add(states, result, states);
    }

    /// <summary>softmax(q·k + bias)·v; T5 does not divide by the root of the width.</summary>
    private void AttendHead(int head, float[] all, float[] bias, int tokens, float[] gathered)
    {
        var (width, heads) = (_config.HeadWidth, _config.Heads * _config.HeadWidth);
        var scores = new float[tokens * tokens];
        fixed (float* from = all, to = scores)
        {
            var queries = new Rows((nint)(from + head * width), 3 * heads, tokens);
            RowProduct.Multiply(queries, queries with { Data = (nint)(from + heads + head * width) }, width, new Rows((nint)to, tokens, tokens));
        }

        TensorPrimitives.Add(scores, bias.AsSpan(head * tokens * tokens, tokens * tokens), scores);
        for (var token = 0; token < tokens; token++)
        {
            var weights = scores.AsSpan(token * tokens, tokens);
            // The largest becomes zero first: without the root these scores leave the range of the exponential.
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.Exp(weights, weights);
            TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
            var sum = gathered.AsSpan(token * heads + head * width, width);
            for (var key = 0; key < tokens; key++)
            {
                TensorPrimitives.MultiplyAdd(all.AsSpan(key * 3 * heads + 2 * heads + head * width, width), weights[key], sum, sum);
            }
        }
    }

    private void FeedForward(Block block, int tokens, float[] states)
    {
        var inner = new float[tokens * _config.InnerWidth];
        Multiply(block.Inner, Normalise(states, block.FeedForwardNorm), inner, _config.InnerWidth);
        TensorPrimitives.Max<float>(inner, 0, inner);
        var result = new float[states.Length];
        Multiply(block.Outer, inner, result, _config.Width);
        TensorPrimitives.Add(states, result, states);
    }

    /// <summary>RMS norm (Zhang and Sennrich 2019): no mean is taken away, no bias added.</summary>
    private float[] Normalise(float[] states, float[] weight)
    {
        var normed = new float[states.Length];
        for (var token = 0; token < states.Length / _config.Width; token++)
        {
            var from = Row(states, token);
            var to = Row(normed, token);
            TensorPrimitives.Multiply(from, 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(from) / from.Length + _config.Epsilon), to);
            TensorPrimitives.Multiply(to, weight, to);
        }

        return normed;
    }

    /// <summary>All rows through a linear layer, whose memory is given back after.</summary>
    /// <param name="output"><c>[rows, stride]</c>; written from a column on.</param>
    private void Multiply(CheckpointTensor weight, float[] rows, float[] output, int stride, int column = 0)
    {
        var (outputs, inputs) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        Parallel.For(0, (outputs + RowsPerPart - 1) / RowsPerPart, _parallel, part =>
        {
            var first = part * RowsPerPart;
            var count = Math.Min(RowsPerPart, outputs - first);
            var mapped = weight.Mapped((long)first * inputs, count * inputs);
            var buffer = mapped.IsEmpty ? ArrayPool<float>.Shared.Rent(count * inputs) : null;
            if (buffer is not null)
            {
                weight.Read((long)first * inputs, buffer.AsSpan(0, count * inputs));
                mapped = buffer;
            }

            fixed (float* x = rows, w = mapped, y = output)
            {
                var tokens = rows.Length / inputs;
                RowProduct.Multiply(new Rows((nint)x, inputs, tokens), new Rows((nint)w, inputs, count), inputs, new Rows((nint)(y + column + first), stride, tokens));
            }

            if (buffer is not null) ArrayPool<float>.Shared.Return(buffer);
        });
        weight.Release();
    }

    private Span<float> Row(float[] rows, int row) => rows.AsSpan(row * _config.Width, _config.Width);

    /// <param name="QueryKeyValue">Three, each <c>[heads · head width, width]</c>.</param>
    private sealed record Block(
        float[] AttentionNorm, CheckpointTensor[] QueryKeyValue, CheckpointTensor Output, float[] FeedForwardNorm, CheckpointTensor Inner, CheckpointTensor Outer);
}

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>What one encoding needs, made once for both layers.</summary>
/// <param name="rows">Tokens, filled up to whole blocks.</param>
/// <param name="tokens">Those that are real.</param>
internal sealed class TransformerWork(int rows, int tokens)
{
    public int Rows => rows;

    public int Tokens => tokens;

    /// <summary>[rows, 512]: the residual stream.</summary>
    public float[] State { get; } = new float[rows * SentenceEncoder.Dimensions];

    public float[] Input { get; } = new float[rows * SentenceEncoder.Dimensions];

    public float[] Normal { get; } = new float[rows * SentenceEncoder.Dimensions];

    /// <summary>[rows, 1536]: queries, keys and values side by side, later the inner layer.</summary>
    public float[] Wide { get; } = new float[rows * TransformerLayer.InnerWidth];

    public float[] Attended { get; } = new float[rows * SentenceEncoder.Dimensions];

    public float[] Projected { get; } = new float[rows * SentenceEncoder.Dimensions];

    public float[] Scores { get; } = new float[tokens];
}

/// <summary>One pre-norm transformer layer: attention of four heads, then a feed-forward network of 1536.</summary>
internal sealed class TransformerLayer
{
    public const int InnerWidth = 1536;
    private const int Heads = 4;

    private readonly int _width;
    private readonly ReadOnlyMemory<float> _normScale;
    private readonly ReadOnlyMemory<float> _normBias;
    private readonly ReadOnlyMemory<float> _queriesKeysValues;
    private readonly ReadOnlyMemory<float> _queriesKeysValuesBias;
    private readonly ReadOnlyMemory<float> _project;
    private readonly ReadOnlyMemory<float> _projectBias;
    private readonly ReadOnlyMemory<float> _innerNormScale;
    private readonly ReadOnlyMemory<float> _innerNormBias;
    private readonly ReadOnlyMemory<float> _inner;
    private readonly ReadOnlyMemory<float> _innerBias;
    private readonly ReadOnlyMemory<float> _outer;
    private readonly ReadOnlyMemory<float> _outerBias;

    /// <param name="index">0 or 1.</param>
    /// <param name="width">Of its input.</param>
    public TransformerLayer(EncoderWeights weights, int index, int width)
    {
        const int Output = SentenceEncoder.Dimensions;
        const string Encode = "module_apply_default/Encoder_en/KonaTransformer/Encode/";
        var layer = $"{Encode}Layer_{index}/TransformerLayer/";
        var stacked = $"{Encode}TransformerStack/Layer_{index}/TransformerLayer/";
        var kernels = $"module/Encoder_en/KonaTransformer/Encode/Layer_{index}/TransformerLayer/";
        const string Norm = "layer_prepostprocess/layer_norm/layer_norm_";
        const string Whole = "/ConcatPartitions/concat";
        _width = width;
        _normScale = weights.Of($"{layer}{Norm}scale{Whole}", width);
        _normBias = weights.Of($"{layer}{Norm}bias{Whole}", width);
        _queriesKeysValues = weights.Of($"{kernels}MultiheadAttention/qkv_transform_single/kernel/part_0", width * 3 * width);
        _queriesKeysValuesBias = weights.Of($"{layer}MultiheadAttention/qkv_transform_single/bias{Whole}", 3 * width);
        _project = weights.Of($"{kernels}MultiheadAttention/output_transform_single/kernel/part_0", width * Output);
        _projectBias = weights.Of($"{layer}MultiheadAttention/output_transform_single/bias{Whole}", Output);
        _innerNormScale = weights.Of($"{layer}FFN/{Norm}scale{Whole}", Output);
        _innerNormBias = weights.Of($"{layer}FFN/{Norm}bias{Whole}", Output);
        _inner = weights.Of($"{stacked}FFN/conv1/Tensordot/Reshape_1", Output * InnerWidth);
        _innerBias = weights.Of($"{layer}FFN/conv1/bias{Whole}", InnerWidth);
        _outer = weights.Of($"{stacked}FFN/conv2/Tensordot/Reshape_1", InnerWidth * Output);
        _outerBias = weights.Of($"{layer}FFN/conv2/bias{Whole}", Output);
    }

    /// <param name="input">[rows, width].</param>
    /// <param name="work">Its state is the input as it goes around the attention; the layer adds to it.</param>
    public void Apply(float[] input, TransformerWork work)
    {
        var rows = work.Rows;
        var normal = work.Normal.AsSpan(0, rows * _width);
        DenseKernels.LayerNorm(input, _normScale.Span, _normBias.Span, normal);
        var queriesKeysValues = work.Wide.AsSpan(0, rows * 3 * _width);
        DenseKernels.Multiply(normal, _queriesKeysValues.Span, _queriesKeysValuesBias.Span, queriesKeysValues, rows);
        var attended = work.Attended.AsSpan(0, rows * _width);
        attended.Clear();
        for (var head = 0; head < Heads; head++) Attend(head, queriesKeysValues, attended, work);
        DenseKernels.Multiply(attended, _project.Span, _projectBias.Span, work.Projected, rows);
        DenseKernels.AddScaled(work.State, work.Projected, 1);

        DenseKernels.LayerNorm(work.State, _innerNormScale.Span, _innerNormBias.Span, work.Normal);
        DenseKernels.Multiply(work.Normal, _inner.Span, _innerBias.Span, work.Wide, rows);
        foreach (ref var value in work.Wide.AsSpan()) value = Math.Max(value, 0);
        DenseKernels.Multiply(work.Wide, _outer.Span, _outerBias.Span, work.Projected, rows);
        DenseKernels.AddScaled(work.State, work.Projected, 1);
    }

    private void Attend(int head, ReadOnlySpan<float> queriesKeysValues, Span<float> attended, TransformerWork work)
    {
        var size = _width / Heads;
        var stride = 3 * _width;
        var offset = head * size;
        var scale = 1 / MathF.Sqrt(size);
        for (var token = 0; token < work.Tokens; token++)
        {
            var query = queriesKeysValues.Slice((token * stride) + offset, size);
            for (var other = 0; other < work.Tokens; other++)
                work.Scores[other] = scale * DenseKernels.Dot(query, queriesKeysValues.Slice((other * stride) + _width + offset, size));
            DenseKernels.Softmax(work.Scores);
            var target = attended.Slice((token * _width) + offset, size);
            for (var other = 0; other < work.Tokens; other++)
                DenseKernels.AddScaled(target, queriesKeysValues.Slice((other * stride) + (2 * _width) + offset, size), work.Scores[other]);
        }
    }
}

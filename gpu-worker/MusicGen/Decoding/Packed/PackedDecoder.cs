using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// The decoder on the CPU with 8-bit weights and an 8-bit cache. A step is bound by how fast the weights come out of memory, so they are read
/// once for all songs together, and everything else is arranged around that. The unconditional branch's cross-attention, which gives zeros,
/// is left out.
/// </summary>
internal sealed unsafe class PackedDecoder : IDecoder
{
    /// <summary>Rows of one pass: beyond it the activations no longer lie in the cache beside the weights.</summary>
    private const int MaxRows = 64;

    /// <summary>Parts that a matrix is shared out in: enough that an interrupted thread holds up little.</summary>
    private const int Parts = 16;

    private readonly PackedWeights _weights;
    private readonly Crew _crew;
    private readonly ActivationRows _input;
    private readonly float[] _normed;
    private readonly float* _state;
    private readonly float* _wide;
    private readonly SinusoidalPositions _positions;
    private readonly float[] _position;
    private readonly float[] _embedding;
    private float[] _scratch = [];

    // What the pass under way works on; the bodies are made once.
    private readonly Action<int> _multiply;
    private readonly Action<int> _multiplyGelu;
    private readonly Action<int> _multiplyAdd;
    private readonly Action<int> _attend;
    private readonly Action<int> _attendCross;
    private readonly List<Sequence> _sequences = [];
    private readonly List<DecoderRow> _rows = [];
    private PackedMatrix _matrix;
    private int _groupsPerPart;
    private int _outputStride;
    private int _layer;

    /// <param name="weights">Owned from now on.</param>
    /// <param name="positions">Those of the checkpoint.</param>
    /// <param name="threads">Of the machine's cores; at least 1.</param>
    public PackedDecoder(PackedWeights weights, SinusoidalPositions positions, int threads)
    {
        (_weights, _positions) = (weights, positions);
        _crew = new Crew(threads);
        var config = weights.Config;
        var widest = Math.Max(weights.Heads.PaddedOutputs, weights.Layers.Max(layer => Math.Max(layer.QueryKeyValue.PaddedOutputs, layer.Inner.PaddedOutputs)));
        _input = new ActivationRows(MaxRows, Math.Max(config.Width, Math.Max(config.InnerWidth, weights.Projection?.Inputs ?? 0)));
        _state = Allocate(MaxRows * config.Width);
        _wide = Allocate((long)MaxRows * widest);
        _normed = new float[config.Width];
        _position = new float[config.Width];
        _embedding = new float[config.Width];
        (_multiply, _multiplyGelu, _multiplyAdd) = (Multiply, MultiplyGelu, MultiplyAdd);
        (_attend, _attendCross) = (Attend, AttendCross);
    }

    public DecoderConfig Config => _weights.Config;

    /// <summary>What every step reads, the embeddings aside, of which it reads a few rows.</summary>
    public long WeightBytes => _weights.StepBytes;

    /// <summary>What a guided song's cache has on average over its positions.</summary>
    public long CacheBytes(int positions) => AttentionCache.ByteCount(Config.Layers, Config.Heads, Config.HeadWidth, positions);

    public DecoderSong Begin(ReadOnlySpan<float> textStates, bool guided, int capacity)
    {
        var textWidth = _weights.Projection?.Inputs ?? Config.Width;
        var tokens = textStates.Length / textWidth;
        var song = new PackedSong(Config, guided, capacity, tokens);
        for (var first = 0; first < tokens; first += MaxRows)
        {
            var count = Math.Min(MaxRows, tokens - first);
            Project(textStates.Slice(first * textWidth, count * textWidth), count, textWidth);
            for (var layer = 0; layer < Config.Layers; layer++) KeepText(song, layer, first, count);
        }

        _weights.ReleasePromptWeights();
        return song;
    }

    public void Run(IReadOnlyList<DecoderStep> steps)
    {
        var books = Config.Codebooks;
        var most = steps.Max(step => step.Tokens.Length) / books;
        // Known tokens of a long prompt go through in several passes, all songs side by side.
        var perPass = Math.Max(1, MaxRows / 2 / steps.Count);
        for (var first = 0; first < most; first += perPass)
        {
            for (var song = 0; song < steps.Count; song += MaxRows / 2)
            {
                Pass([.. steps.Skip(song).Take(MaxRows / 2).Where(step => step.Tokens.Length / books > first)], first, perPass);
            }
        }
    }

    public void Dispose()
    {
        _crew.Dispose();
        _weights.Dispose();
        _input.Dispose();
        NativeMemory.AlignedFree(_state);
        NativeMemory.AlignedFree(_wide);
    }

    private static float* Allocate(long floats) => (float*)NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), 64);

    /// <summary>The text states in the decoder's width, into the state's rows.</summary>
    private void Project(ReadOnlySpan<float> textStates, int count, int textWidth)
    {
        if (_weights.Projection is not { } projection)
        {
            textStates.CopyTo(new Span<float>(_state, count * textWidth));
            return;
        }

        _input.Begin(count);
        for (var row = 0; row < count; row++) _input.Set(row, textStates.Slice(row * textWidth, textWidth));
        Multiply(projection, _multiply);
        for (var row = 0; row < count; row++) TensorPrimitives.Add(Wide(row, Config.Width), _weights.ProjectionBias, State(row));
    }

    private void KeepText(PackedSong song, int layer, int first, int count)
    {
        _input.Begin(count);
        for (var row = 0; row < count; row++) _input.Set(row, State(row));
        Multiply(_weights.Layers[layer].CrossKeyValue, _multiply);
        var headWidth = Config.HeadWidth;
        for (var row = 0; row < count; row++)
        {
            var both = Wide(row, 2 * Config.Width);
            for (var head = 0; head < Config.Heads; head++)
            {
                song.Text.Write(layer, head, first + row, both.Slice(head * headWidth, headWidth), both.Slice(Config.Width + head * headWidth, headWidth));
            }
        }
    }

    /// <summary>Takes songs up to some positions further, all layers.</summary>
    private void Pass(List<DecoderStep> steps, int firstPosition, int mostPositions)
    {
        var books = Config.Codebooks;
        _rows.Clear();
        _sequences.Clear();
        // First the rows with a text, for which alone there is cross-attention, then those without.
        foreach (var unconditional in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (var (song, tokens) in steps)
            {
                if (unconditional && !song.Guided) continue;
                var positions = Math.Min(mostPositions, tokens.Length / books - firstPosition);
                var packed = (PackedSong)song;
                _sequences.Add(new Sequence(packed, unconditional ? packed.Unconditional! : packed.Conditional, _rows.Count, positions));
                for (var position = 0; position < positions; position++)
                {
                    _rows.Add(new DecoderRow(packed, unconditional, position + 1 == positions, song.Length + position, tokens.Slice((firstPosition + position) * books, books)));
                }
            }
        }

        var conditional = _rows.Count(row => !row.Unconditional);
        GrowScratch();
        for (var row = 0; row < _rows.Count; row++) Embed(_rows[row], State(row));
        for (_layer = 0; _layer < Config.Layers; _layer++) RunLayer(_weights.Layers[_layer], conditional);
        Finish();
        foreach (var (song, tokens) in steps) song.Length += Math.Min(mostPositions, tokens.Length / books - firstPosition);
    }

    private void RunLayer(PackedLayer layer, int conditional)
    {
        Normalise(layer.SelfNorm, _rows.Count);
        Multiply(layer.QueryKeyValue, _multiply);
        _crew.Run(_sequences.Count * Config.Heads, _attend);
        Take(_rows.Count, Config.Width);
        Multiply(layer.SelfOutput, _multiplyAdd);

        Normalise(layer.CrossNorm, conditional);
        Multiply(layer.CrossQuery, _multiply);
        _crew.Run(conditional * Config.Heads, _attendCross);
        Take(conditional, Config.Width);
        Multiply(layer.CrossOutput, _multiplyAdd);

        Normalise(layer.FeedForwardNorm, _rows.Count);
        Multiply(layer.Inner, _multiplyGelu);
        Take(_rows.Count, Config.InnerWidth);
        Multiply(layer.Outer, _multiplyAdd);
    }

    /// <summary>The logits of every song's last position.</summary>
    private void Finish()
    {
        var last = _rows.Index().Where(row => row.Item.IsLast).ToArray();
        _input.Begin(last.Length);
        for (var i = 0; i < last.Length; i++)
        {
            _weights.FinalNorm.Apply(State(last[i].Index), _normed);
            _input.Set(i, _normed);
        }

        Multiply(_weights.Heads, _multiply);
        for (var i = 0; i < last.Length; i++)
        {
            var (song, unconditional) = (last[i].Item.Song, last[i].Item.Unconditional);
            Wide(i, _weights.Heads.Outputs).CopyTo(unconditional ? song.UnconditionalLogits : song.Logits);
        }
    }

    private void Embed(DecoderRow row, Span<float> state)
    {
        state.Clear();
        for (var book = 0; book < Config.Codebooks; book++)
        {
            var entry = (long)book * (Config.VocabularySize + 1) + row.Tokens.Span[book];
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(_weights.Embeddings + entry * Config.Width, Config.Width), _embedding);
            TensorPrimitives.Add(state, _embedding, state);
        }

        _positions.Fill(row.Position, _position);
        TensorPrimitives.Add(state, _position, state);
    }

    private void Normalise(Normalisation norm, int rows)
    {
        _input.Begin(rows);
        for (var row = 0; row < rows; row++)
        {
            norm.Apply(State(row), _normed);
            _input.Set(row, _normed);
        }
    }

    /// <summary>What the last product, or attention, left in the wide rows becomes the next one's input.</summary>
    private void Take(int rows, int width)
    {
        _input.Begin(rows);
        for (var row = 0; row < rows; row++) _input.Set(row, Wide(row, width));
    }

    private void Multiply(in PackedMatrix matrix, Action<int> body)
    {
        _matrix = matrix;
        _groupsPerPart = (matrix.Groups + Parts - 1) / Parts;
        // A product's rows stay as wide as they were for the whole layer: attention finds keys and values behind its queries.
        _outputStride = matrix.PaddedOutputs;
        _crew.Run((matrix.Groups + _groupsPerPart - 1) / _groupsPerPart, body);
    }

    private void Multiply(int part)
    {
        for (var group = part * _groupsPerPart; group < Math.Min(_matrix.Groups, (part + 1) * _groupsPerPart); group++)
        {
            MatrixKernel.Multiply(_matrix, group, _input, _wide, _outputStride);
        }
    }

    private void MultiplyGelu(int part)
    {
        Multiply(part);
        var from = part * _groupsPerPart * PackedMatrix.Group;
        var count = Math.Min(_matrix.PaddedOutputs, (part + 1) * _groupsPerPart * PackedMatrix.Group) - from;
        for (var row = 0; row < _input.Count; row++) Gelu.Apply(_wide + (long)row * _outputStride + from, count);
    }

    /// <summary>Adds the product to the state: the residual connection.</summary>
    private void MultiplyAdd(int part)
    {
        Multiply(part);
        var from = part * _groupsPerPart * PackedMatrix.Group;
        var count = Math.Min(_matrix.Outputs, (part + 1) * _groupsPerPart * PackedMatrix.Group) - from;
        if (count <= 0) return;
        for (var row = 0; row < _input.Count; row++)
        {
            var state = State(row).Slice(from, count);
            TensorPrimitives.Add(state, new ReadOnlySpan<float>(_wide + (long)row * _outputStride + from, count), state);
        }
    }

    /// <summary>Self-attention of one head of a sequence: its new keys and values first, so that later positions see earlier ones.</summary>
    private void Attend(int part)
    {
        var (sequence, head) = (_sequences[part / Config.Heads], part % Config.Heads);
        var (width, headWidth) = (Config.Width, Config.HeadWidth);
        var position = sequence.Song.Length;
        for (var i = 0; i < sequence.Positions; i++)
        {
            var row = WideRow(sequence.FirstRow + i);
            sequence.Cache.Write(
                _layer, head, position + i, new ReadOnlySpan<float>(row + width + head * headWidth, headWidth), new ReadOnlySpan<float>(row + 2 * width + head * headWidth, headWidth));
        }

        for (var i = 0; i < sequence.Positions; i++)
        {
            // The result takes the query's place: nobody else reads it.
            var query = new Span<float>(WideRow(sequence.FirstRow + i) + head * headWidth, headWidth);
            sequence.Cache.Attend(_layer, head, query, position + i + 1, Scratch(part, sequence.Cache), query);
        }
    }

    private void AttendCross(int part)
    {
        var (row, head) = (part / Config.Heads, part % Config.Heads);
        var song = _rows[row].Song;
        var query = new Span<float>(WideRow(row) + head * Config.HeadWidth, Config.HeadWidth);
        song.Text.Attend(_layer, head, query, song.TextLength, Scratch(part, song.Text), query);
    }

    private void GrowScratch()
    {
        var longest = _rows.Max(row => Math.Max(row.Song.Conditional.ScratchFloats, row.Song.Text.ScratchFloats));
        var needed = longest * _rows.Count * Config.Heads;
        if (_scratch.Length < needed) _scratch = new float[needed];
    }

    private Span<float> Scratch(int part, AttentionCache cache)
    {
        var each = _scratch.Length / (_rows.Count * Config.Heads);
        return _scratch.AsSpan(part * each, cache.ScratchFloats);
    }

    private Span<float> State(int row) => new(_state + (long)row * Config.Width, Config.Width);

    private float* WideRow(int row) => _wide + (long)row * _outputStride;

    private ReadOnlySpan<float> Wide(int row, int count) => new(WideRow(row), count);

    /// <summary>A song's branch in the pass: its rows lie one after the other.</summary>
    private readonly record struct Sequence(PackedSong Song, AttentionCache Cache, int FirstRow, int Positions);

    private readonly record struct DecoderRow(PackedSong Song, bool Unconditional, bool IsLast, int Position, ReadOnlyMemory<int> Tokens);

    private sealed class PackedSong(DecoderConfig config, bool guided, int capacity, int textLength) : DecoderSong(config, guided, capacity)
    {
        public int TextLength { get; } = textLength;

        public AttentionCache Text { get; } = new(config.Layers, config.Heads, config.HeadWidth, textLength);

        public AttentionCache Conditional { get; } = new(config.Layers, config.Heads, config.HeadWidth, capacity);

        public AttentionCache? Unconditional { get; } = guided ? new AttentionCache(config.Layers, config.Heads, config.HeadWidth, capacity) : null;

        public override void Dispose()
        {
            Text.Dispose();
            Conditional.Dispose();
            Unconditional?.Dispose();
        }
    }
}

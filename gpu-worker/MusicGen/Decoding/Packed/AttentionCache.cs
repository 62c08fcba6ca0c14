using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// Keys and values of one sequence, all layers and heads, as 8-bit numbers with a scale for each position of each head: the scale is that of
/// the vector itself, so nothing has to be calibrated and nothing is clipped. Keys lie sixteen positions side by side, one per lane, so that
/// scores come out sixteen at a time; values lie position by position.
/// </summary>
internal sealed unsafe class AttentionCache : IDisposable
{
    private const int Lane = 16;

    private readonly int _heads;
    private readonly int _width;
    private readonly int _paddedWidth;
    private readonly int _capacity;
    private readonly long _headBytes;
    private readonly LargeMemory _memory;
    private readonly sbyte* _keys;
    private readonly sbyte* _values;
    private readonly float* _keyScales;
    private readonly float* _valueScales;

    /// <param name="headWidth">Even.</param>
    /// <param name="capacity">Most positions.</param>
    public AttentionCache(int layers, int heads, int headWidth, int capacity)
    {
        (_heads, _width, _paddedWidth) = (heads, headWidth, (headWidth + Lane - 1) / Lane * Lane);
        _capacity = (capacity + Lane - 1) / Lane * Lane;
        _headBytes = (long)_capacity * _paddedWidth;
        var vectors = (long)layers * heads;
        var scaleBytes = vectors * _capacity * sizeof(float);
        _memory = new LargeMemory(2 * vectors * _headBytes + 2 * scaleBytes);
        _keys = (sbyte*)_memory.Start;
        _values = _keys + vectors * _headBytes;
        _keyScales = (float*)(_values + vectors * _headBytes);
        _valueScales = (float*)((byte*)_keyScales + scaleBytes);
    }

    /// <summary>Bytes that a sequence takes once it is full.</summary>
    public static long ByteCount(int layers, int heads, int headWidth, int capacity) =>
        2L * layers * heads * capacity * ((headWidth + Lane - 1) / Lane * Lane + sizeof(float));

    /// <summary>Floats of scratch memory that <see cref="Attend"/> needs.</summary>
    public int ScratchFloats => _capacity;

    /// <summary>Stores one head's key and value of a position.</summary>
    public void Write(int layer, int head, int position, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        var vector = layer * _heads + head;
        var scale = MathF.Abs(TensorPrimitives.MaxMagnitude(key)) / sbyte.MaxValue;
        _keyScales[(long)vector * _capacity + position] = scale;
        var factor = scale > 0 ? 1 / scale : 0;
        var keys = _keys + vector * _headBytes + position / Lane * (long)(Lane * _paddedWidth) + position % Lane * 2;
        for (var i = 0; i < _width; i++) keys[i / 2 * (Lane * 2) + i % 2] = (sbyte)MathF.Round(key[i] * factor);

        scale = MathF.Abs(TensorPrimitives.MaxMagnitude(value)) / sbyte.MaxValue;
        _valueScales[(long)vector * _capacity + position] = scale;
        factor = scale > 0 ? 1 / scale : 0;
        var values = _values + vector * _headBytes + (long)position * _paddedWidth;
        for (var i = 0; i < _width; i++) values[i] = (sbyte)MathF.Round(value[i] * factor);
        for (var i = _width; i < _paddedWidth; i++) values[i] = 0;
    }

    /// <summary>One query's attention over the first positions of a head: softmax(q·k / √width)·v.</summary>
    /// <param name="query"><c>[head width]</c>.</param>
    /// <param name="length">Positions, at least 1.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats, of the caller's thread alone.</param>
    /// <param name="output"><c>[head width]</c>.</param>
    public void Attend(int layer, int head, ReadOnlySpan<float> query, int length, Span<float> scratch, Span<float> output)
    {
        var vector = layer * _heads + head;
        var weights = scratch[..length];
        Score(vector, query, length, scratch);
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
        TensorPrimitives.Exp(weights, weights);
        var sum = TensorPrimitives.Sum<float>(weights);
        TensorPrimitives.Multiply(weights, new ReadOnlySpan<float>(_valueScales + (long)vector * _capacity, length), weights);
        Gather(vector, weights, 1 / sum, output);
    }

    public void Dispose() => _memory.Dispose();

    private void Score(int vector, ReadOnlySpan<float> query, int length, Span<float> scores)
    {
        var rounded = stackalloc short[_paddedWidth];
        var most = MathF.Abs(TensorPrimitives.MaxMagnitude(query));
        var factor = most > 0 ? short.MaxValue / most : 0;
        for (var i = 0; i < _width; i++) rounded[i] = (short)MathF.Round(query[i] * factor);

        var scale = Vector512.Create(most / short.MaxValue / MathF.Sqrt(_width));
        var keys = _keys + vector * _headBytes;
        var keyScales = _keyScales + (long)vector * _capacity;
        fixed (float* to = scores)
        {
            for (var position = 0; position < length; position += Lane)
            {
                // Two sums, so that one addition need not wait for the other.
                var (even, odd) = (Vector512<int>.Zero, Vector512<int>.Zero);
                for (var i = 0; i < _paddedWidth; i += 4)
                {
                    Lanes.Prefetch(keys + Lanes.ReadAhead);
                    even += Lanes.Dot(Lanes.Widen(keys), Lanes.Pair(rounded + i));
                    odd += Lanes.Dot(Lanes.Widen(keys + Lane * 2), Lanes.Pair(rounded + i + 2));
                    keys += Lane * 4;
                }

                (Vector512.ConvertToSingle(even + odd) * (Vector512.Load(keyScales + position) * scale)).Store(to + position);
            }
        }
    }

    private void Gather(int vector, ReadOnlySpan<float> weights, float norm, Span<float> output)
    {
        var result = stackalloc float[_paddedWidth];
        var values = _values + vector * _headBytes;
        for (var part = 0; part < _paddedWidth; part += 4 * Lane)
        {
            if (_paddedWidth - part >= 4 * Lane) GatherFour(values + part, weights, result + part);
            else for (var lane = part; lane < _paddedWidth; lane += Lane) GatherOne(values + lane, weights, result + lane);
        }

        TensorPrimitives.Multiply(new ReadOnlySpan<float>(result, _width), norm, output);
    }

    private void GatherFour(sbyte* values, ReadOnlySpan<float> weights, float* result)
    {
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        foreach (var weight in weights)
        {
            Lanes.Prefetch(values + Lanes.ReadAhead);
            var factor = Vector512.Create(weight);
            a = Vector512.FusedMultiplyAdd(Lanes.ToSingle(values), factor, a);
            b = Vector512.FusedMultiplyAdd(Lanes.ToSingle(values + Lane), factor, b);
            c = Vector512.FusedMultiplyAdd(Lanes.ToSingle(values + 2 * Lane), factor, c);
            d = Vector512.FusedMultiplyAdd(Lanes.ToSingle(values + 3 * Lane), factor, d);
            values += _paddedWidth;
        }

        a.Store(result);
        b.Store(result + Lane);
        c.Store(result + 2 * Lane);
        d.Store(result + 3 * Lane);
    }

    private void GatherOne(sbyte* values, ReadOnlySpan<float> weights, float* result)
    {
        var sum = Vector512<float>.Zero;
        foreach (var weight in weights)
        {
            sum = Vector512.FusedMultiplyAdd(Lanes.ToSingle(values), Vector512.Create(weight), sum);
            values += _paddedWidth;
        }

        sum.Store(result);
    }
}

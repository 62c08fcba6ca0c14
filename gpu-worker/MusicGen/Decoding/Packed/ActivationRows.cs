using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// Rows of activations as 16-bit numbers with a scale each: fine enough that what is lost beside the weights' own rounding does not count,
/// and products with 8-bit weights add up exactly.
/// </summary>
internal sealed unsafe class ActivationRows : IDisposable
{
    private const int Alignment = 64;

    private readonly short* _values;
    private readonly short[] _row;
    private readonly float[] _scales;
    private readonly int[] _blockSums;
    private readonly int _stride;

    /// <param name="rows">Most rows.</param>
    /// <param name="width">Most activations of a row.</param>
    public ActivationRows(int rows, int width)
    {
        _stride = (width + PackedMatrix.Block - 1) / PackedMatrix.Block * PackedMatrix.Block;
        _scales = new float[rows];
        _row = new short[_stride];
        _blockSums = new int[rows * (_stride / PackedMatrix.Block)];
        _values = (short*)NativeMemory.AlignedAlloc((nuint)rows * (nuint)_stride * sizeof(short), Alignment);
    }

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <summary>Sets how many rows follow, before any of them is set.</summary>
    public void Begin(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _scales.Length);
        Count = rows;
    }

    /// <summary>How many rows lie together from this one on, the first of its run: 4, then 2, then 1.</summary>
    public int RunLength(int row) => (Count - row) switch { >= 4 => 4, >= 2 => 2, _ => 1 };

    /// <summary>The activations of a run: pair of inputs by pair, of each the run's rows, <c>[pairs, run, 2]</c>.</summary>
    public short* Run(int row) => _values + (long)row * _stride;

    public float Scale(int row) => _scales[row];

    /// <summary>The sum of a block's activations, as they are rounded.</summary>
    public int BlockSum(int row, int block) => _blockSums[row * (_stride / PackedMatrix.Block) + block];

    /// <summary>Sets a row, filled up with zeros to whole blocks. Rows may be set in any order, by one thread.</summary>
    public void Set(int row, ReadOnlySpan<float> values)
    {
        var most = MathF.Abs(TensorPrimitives.MaxMagnitude(values));
        _scales[row] = most / short.MaxValue;
        var filled = _row.AsSpan(0, (values.Length + PackedMatrix.Block - 1) / PackedMatrix.Block * PackedMatrix.Block);
        // Zeros, and with a number that is none the whole row is none: nothing is covered up.
        if (most > 0 && float.IsFinite(most)) Round(values, short.MaxValue / most, filled);
        else filled.Clear();
        for (var block = 0; block < filled.Length / PackedMatrix.Block; block++)
        {
            _blockSums[row * (_stride / PackedMatrix.Block) + block] = SumOfBlock(filled.Slice(block * PackedMatrix.Block, PackedMatrix.Block));
        }

        var first = row < Count / 4 * 4 ? row / 4 * 4 : row < Count / 2 * 2 ? row / 2 * 2 : row;
        var run = RunLength(first);
        var pairs = MemoryMarshal.Cast<short, int>(filled);
        var to = (int*)Run(first) + (row - first);
        for (var pair = 0; pair < pairs.Length; pair++) to[pair * run] = pairs[pair];
    }

    public void Dispose() => NativeMemory.AlignedFree(_values);

    private static int SumOfBlock(ReadOnlySpan<short> block)
    {
        var (lower, upper) = Vector512.Widen(Vector512.Create(block));
        return Vector512.Sum(lower + upper);
    }

    private static void Round(ReadOnlySpan<float> values, float factor, Span<short> to)
    {
        var i = 0;
        fixed (float* from = values)
        fixed (short* place = to)
        {
            for (; i + Vector512<float>.Count * 2 <= values.Length; i += Vector512<float>.Count * 2)
            {
                var lower = Vector512.ConvertToInt32(Vector512.Round(Vector512.Load(from + i) * factor));
                var upper = Vector512.ConvertToInt32(Vector512.Round(Vector512.Load(from + i + Vector512<float>.Count) * factor));
                Vector512.Narrow(lower, upper).Store(place + i);
            }
        }

        for (; i < values.Length; i++) to[i] = (short)MathF.Round(values[i] * factor);
        to[values.Length..].Clear();
    }
}

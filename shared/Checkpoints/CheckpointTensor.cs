using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AudioReprompt.Checkpoints;

/// <summary>Element types of a checkpoint.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the format.")]
public enum TensorType
{
    Float32,
    Float16,
    BFloat16,
    Float64,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Boolean,
}

/// <summary>A tensor in a mapped file. Readable as long as its file is open.</summary>
public sealed unsafe class CheckpointTensor
{
    internal CheckpointTensor(string path, string name, TensorType type, long[] shape)
    {
        (Path, Name, Type, Shape) = (path, name, type, shape);
        Count = shape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>The file that holds it.</summary>
    public string Path { get; }

    public string Name { get; }

    public TensorType Type { get; }

    /// <summary>The outermost size first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Elements.</summary>
    public long Count { get; }

    public long ByteCount => Count * SizeOf(Type);

    internal byte* Data { get; set; }

    /// <summary>Of its first byte, among the file's values.</summary>
    public long Offset { get; internal set; }

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.Float64 or TensorType.Int64 => 8,
        TensorType.Float32 or TensorType.Int32 => 4,
        TensorType.Float16 or TensorType.BFloat16 or TensorType.Int16 => 2,
        _ => 1,
    };

    /// <summary>All values as floats.</summary>
    /// <exception cref="CheckpointException">The values are not of a float type.</exception>
    public float[] ToFloats()
    {
        var values = new float[Count];
        Read(0, values);
        return values;
    }

    /// <summary>Some values as floats, from a place on.</summary>
    /// <param name="start">In elements.</param>
    /// <exception cref="CheckpointException">The values are not of a float type.</exception>
    public void Read(long start, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + destination.Length, Count);
        var from = Data + start * SizeOf(Type);
        switch (Type)
        {
            case TensorType.Float32:
                new ReadOnlySpan<float>(from, destination.Length).CopyTo(destination);
                break;
            case TensorType.Float16:
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(from, destination.Length), destination);
                break;
            case TensorType.BFloat16:
                // A bfloat16 is the upper half of a float.
                var bits = MemoryMarshal.Cast<float, uint>(destination);
                var halves = new ReadOnlySpan<ushort>(from, destination.Length);
                for (var i = 0; i < halves.Length; i++) bits[i] = (uint)halves[i] << 16;
                break;
            default:
                throw new CheckpointException($"{Path}: {Name} is {Type}; weights are F32, F16 or BF16.");
        }
    }

    /// <summary>As it stands in a safetensors header.</summary>
    public static string NameOf(TensorType type) => Names[type];

    internal static bool TryParse(string? text, out TensorType type)
    {
        foreach (var (known, name) in Names)
        {
            if (name != text) continue;
            type = known;
            return true;
        }

        type = default;
        return false;
    }

    private static readonly FrozenDictionary<TensorType, string> Names = new Dictionary<TensorType, string>
    {
        [TensorType.Float32] = "F32",
        [TensorType.Float16] = "F16",
        [TensorType.BFloat16] = "BF16",
        [TensorType.Float64] = "F64",
        [TensorType.Int64] = "I64",
        [TensorType.Int32] = "I32",
        [TensorType.Int16] = "I16",
        [TensorType.Int8] = "I8",
        [TensorType.UInt8] = "U8",
        [TensorType.Boolean] = "BOOL",
    }.ToFrozenDictionary();
}

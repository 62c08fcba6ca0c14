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
public sealed unsafe partial class CheckpointTensor
{
    /// <summary>madvise(2): the pages are not needed; those of a file are read again when they are.</summary>
    private const int AdviseNotNeeded = 4;

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

    /// <summary>
    /// Some values where they lie in the mapped file, without a copy; empty unless they are <see cref="TensorType.Float32"/>. Nothing aligns them.
    /// </summary>
    /// <param name="start">In elements.</param>
    public ReadOnlySpan<float> Mapped(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Count);
        return Type == TensorType.Float32 ? new ReadOnlySpan<float>(Data + start * sizeof(float), count) : [];
    }

    /// <summary>Where its values lie in the mapped file; for as long as the file is open.</summary>
    public nint Address => (nint)Data;

    /// <summary>
    /// Gives the memory back in which its part of the file lies mapped. It stays readable, from the system's cache of the file; who reads it at
    /// the same time is not disturbed. Without effect where the system offers no such thing.
    /// </summary>
    public void Release()
    {
        if (!OperatingSystem.IsLinux()) return;
        // Whole pages: what the neighbours lose at the edges they get again.
        var first = (nuint)Data / (nuint)Environment.SystemPageSize * (nuint)Environment.SystemPageSize;
        _ = Advise((void*)first, (nuint)Data + (nuint)ByteCount - first, AdviseNotNeeded);
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

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);

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

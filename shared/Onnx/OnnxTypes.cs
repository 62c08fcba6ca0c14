using System.Diagnostics.CodeAnalysis;

namespace AudioReprompt.Onnx;

/// <summary>Element types, with their numbers in <c>TensorProto.DataType</c>.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the format.")]
public enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
}

/// <summary>One size of a shape: a number, or a name where it is known only when the graph runs.</summary>
public readonly record struct OnnxDimension(long Size, string? Name)
{
    public static implicit operator OnnxDimension(long size) => new(size, null);

    public static implicit operator OnnxDimension(int size) => new(size, null);

    public static implicit operator OnnxDimension(string name) => new(0, name);
}

/// <summary>An attribute of a node.</summary>
/// <param name="Value">A <see cref="long"/>, a <see cref="float"/>, a <see cref="string"/>, or an array of long.</param>
public readonly record struct OnnxAttribute(string Name, object Value)
{
    public static implicit operator OnnxAttribute((string Name, long Value) pair) => new(pair.Name, pair.Value);

    public static implicit operator OnnxAttribute((string Name, int Value) pair) => new(pair.Name, (long)pair.Value);

    public static implicit operator OnnxAttribute((string Name, float Value) pair) => new(pair.Name, pair.Value);

    public static implicit operator OnnxAttribute((string Name, string Value) pair) => new(pair.Name, pair.Value);

    public static implicit operator OnnxAttribute((string Name, long[] Value) pair) => new(pair.Name, pair.Value);
}

/// <summary>A constant of a graph. Its bytes are asked for when the graph is written, so that a model of many weights never lies in memory whole.</summary>
/// <param name="Shape">The outermost size first.</param>
/// <param name="Read">Gives the values in C order, little endian: exactly the bytes that type and shape ask for.</param>
public sealed record OnnxConstant(OnnxType Type, IReadOnlyList<long> Shape, Func<byte[]> Read)
{
    public long ByteCount => Shape.Aggregate(1L, (product, size) => checked(product * size)) * SizeOf(Type);

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(OnnxType type) => type switch
    {
        OnnxType.UInt8 or OnnxType.Int8 or OnnxType.Bool => 1,
        OnnxType.Float16 => 2,
        OnnxType.Float or OnnxType.Int32 => 4,
        _ => 8,
    };
}

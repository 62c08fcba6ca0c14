using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AudioReprompt.Checkpoints;

namespace AudioReprompt.Onnx;

/// <summary>
/// A checkpoint's weights as constants of a graph. Names and shapes are checked when a constant is asked for, values are read when the graph
/// is written.
/// </summary>
/// <param name="type">Of the graph's weights: float or float16.</param>
public sealed class WeightConstants(CheckpointFolder checkpoint, OnnxType type)
{
    private const int Tile = 32;

    /// <summary>A vector, or a table of rows, as it is.</summary>
    /// <exception cref="CheckpointException">It is missing, of another shape, or holds no floats.</exception>
    public OnnxConstant Values(string name, params long[] shape)
    {
        var tensor = Weight(checkpoint, name, shape);
        return Computed(shape, destination => tensor.Read(0, destination));
    }

    /// <summary>Vectors of one length, one behind the other: <c>[sum of lengths]</c>.</summary>
    public OnnxConstant Vectors(IReadOnlyList<string> names, long length)
    {
        ArgumentNullException.ThrowIfNull(names);
        var tensors = names.Select(name => Weight(checkpoint, name, length)).ToArray();
        return Computed([names.Count * length], destination =>
        {
            for (var i = 0; i < tensors.Length; i++) tensors[i].Read(0, destination.Slice((int)(i * length), (int)length));
        });
    }

    /// <summary>Tables of equally wide rows, one below the other: <c>[sum of rows, width]</c>.</summary>
    public OnnxConstant Rows(IReadOnlyList<string> names, long rows, long width)
    {
        var tensors = names.Select(name => Weight(checkpoint, name, rows, width)).ToArray();
        return Computed([names.Count * rows, width], destination =>
        {
            var size = (int)(rows * width);
            for (var i = 0; i < tensors.Length; i++) tensors[i].Read(0, destination.Slice(i * size, size));
        });
    }

    /// <summary>Linear layers side by side, for one product: each <c>[outputs, inputs]</c> in the checkpoint, together <c>[inputs, sum of outputs]</c> here.</summary>
    public OnnxConstant Linear(IReadOnlyList<string> names, long outputs, long inputs)
    {
        var tensors = names.Select(name => Weight(checkpoint, name, outputs, inputs)).ToArray();
        return Computed([inputs, names.Count * outputs], destination =>
        {
            var columns = (int)(tensors.Length * outputs);
            for (var i = 0; i < tensors.Length; i++) Transpose(tensors[i].ToFloats(), (int)outputs, (int)inputs, destination[(int)(i * outputs)..], columns);
        });
    }

    /// <summary>A tensor of floats.</summary>
    /// <exception cref="CheckpointException">It is missing, of another shape, or holds no floats.</exception>
    public static CheckpointTensor Weight(CheckpointFolder checkpoint, string name, params ReadOnlySpan<long> shape)
    {
        var tensor = checkpoint.Get(name, shape);
        return tensor.Type is TensorType.Float32 or TensorType.Float16 or TensorType.BFloat16
            ? tensor
            : throw new CheckpointException($"{tensor.Path}: {name} is {tensor.Type}; weights are F32, F16 or BF16.");
    }

    /// <summary>Values that are computed when the graph is written, and have the type of its weights.</summary>
    /// <param name="fill">Gets room for all of them, filled with zeros.</param>
    public OnnxConstant Computed(IReadOnlyList<long> shape, FillValues fill) => new(type, shape, () =>
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        fill(values);
        if (type == OnnxType.Float) return MemoryMarshal.AsBytes<float>(values).ToArray();
        var halves = new byte[values.Length * sizeof(ushort)];
        TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(halves.AsSpan()));
        return halves;
    });

    /// <summary>Writes a constant's values.</summary>
    public delegate void FillValues(Span<float> destination);

    /// <summary>In tiles that stay in the cache; row by row each write would touch another line.</summary>
    private static void Transpose(ReadOnlySpan<float> source, int rows, int columns, Span<float> destination, int stride)
    {
        for (var top = 0; top < rows; top += Tile)
        {
            for (var left = 0; left < columns; left += Tile)
            {
                for (var column = left; column < Math.Min(left + Tile, columns); column++)
                {
                    for (var row = top; row < Math.Min(top + Tile, rows); row++) destination[column * stride + row] = source[row * columns + column];
                }
            }
        }
    }
}

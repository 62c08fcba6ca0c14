using System.Numerics.Tensors;
using AudioReprompt.Checkpoints;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// A weight of the codec, row by row of its first axis, so that a weight of many megabytes is rearranged without lying in memory twice.
/// Weight norm is undone on the way: <c>weight = g · v / ‖v‖</c>, the norm over all axes but the first (Salimans and Kingma 2016, eq. 2).
/// </summary>
/// <param name="values">The weight itself, or the direction v.</param>
/// <param name="gain">g; null where the weight is stored as it is.</param>
internal sealed class CodecWeight(CheckpointTensor values, CheckpointTensor? gain)
{
    private readonly float[]? _gains = gain?.ToFloats();

    /// <summary>Sizes, the first axis first.</summary>
    public IReadOnlyList<long> Shape => values.Shape;

    public int Rows => (int)values.Shape[0];

    public int RowLength => (int)(values.Count / values.Shape[0]);

    /// <summary>Looks a convolution's two tensors up, under the names of 2023 or the newer ones.</summary>
    /// <param name="name">Without <c>.weight…</c>.</param>
    /// <exception cref="CheckpointException">One is missing, or has another shape.</exception>
    public static CodecWeight Normalised(CheckpointFolder folder, string name, params ReadOnlySpan<long> shape)
    {
        var newer = name + ".parametrizations.weight.original";
        var (gain, direction) = folder.Tensors.ContainsKey(newer + "0") || folder.Tensors.ContainsKey(newer + "1")
            ? (newer + "0", newer + "1")
            : (name + ".weight_g", name + ".weight_v");
        Span<long> gains = stackalloc long[shape.Length];
        gains.Fill(1);
        gains[0] = shape[0];
        return new CodecWeight(folder.Get(direction, shape), folder.Get(gain, gains));
    }

    /// <summary>A weight that is stored as it is.</summary>
    /// <exception cref="CheckpointException">It is missing, or has another shape.</exception>
    public static CodecWeight Plain(CheckpointFolder folder, string name, params ReadOnlySpan<long> shape) => new(folder.Get(name, shape), null);

    /// <summary>Reads one row.</summary>
    /// <param name="row">Place on the first axis.</param>
    /// <param name="destination">As long as <see cref="RowLength"/>.</param>
    /// <exception cref="CheckpointException">The values are no floats, or not finite.</exception>
    public void ReadRow(int row, Span<float> destination)
    {
        values.Read((long)row * RowLength, destination);
        var norm = TensorPrimitives.Norm<float>(destination);
        if (!float.IsFinite(norm)) throw new CheckpointException($"{values.Path}: {values.Name} has a value in row {row} that is no finite number.");
        if (_gains is null) return;
        var scale = _gains[row] / norm;
        if (!float.IsFinite(scale)) throw new CheckpointException($"{values.Path}: row {row} of {values.Name} has no direction, or its gain is no finite number.");
        TensorPrimitives.Multiply(destination, scale, destination);
    }

    /// <summary>All rows, one after the other.</summary>
    /// <exception cref="CheckpointException">As in <see cref="ReadRow"/>.</exception>
    public float[] ToFloats()
    {
        var all = new float[values.Count];
        for (var row = 0; row < Rows; row++) ReadRow(row, all.AsSpan(row * RowLength, RowLength));
        return all;
    }
}

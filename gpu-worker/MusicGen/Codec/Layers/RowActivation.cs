using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>ELU over rows, by several threads where it is worth their start.</summary>
internal static unsafe class RowActivation
{
    private const int FloatsPerItem = 1 << 15;

    /// <param name="width">Floats of a row.</param>
    public static void Elu(int threads, float* from, nint fromStride, float* to, nint toStride, int width, int rows)
    {
        var rowsPerItem = Math.Max(1, FloatsPerItem / width);
        var (source, destination) = ((nint)from, (nint)to);
        PhasedLoop.Run(threads, 1, (rows + rowsPerItem - 1) / rowsPerItem, (_, item) =>
        {
            var end = Math.Min(rows, (item + 1) * rowsPerItem);
            for (var row = item * rowsPerItem; row < end; row++) Activations.Elu((float*)source + row * fromStride, (float*)destination + row * toStride, width);
        });
    }
}

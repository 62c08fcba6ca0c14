using System.Runtime.InteropServices;

namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>Zeroed memory outside of the collector's heap, aligned to a cache line, so that vectors load whole and pointers stay valid.</summary>
internal sealed unsafe class AlignedFloats : IDisposable
{
    private const int Alignment = 64;

    /// <param name="length">In floats.</param>
    public AlignedFloats(long length)
    {
        Length = length;
        var bytes = checked((nuint)Math.Max(length, 1) * sizeof(float));
        Pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(Pointer, bytes);
    }

    ~AlignedFloats() => Free();

    public float* Pointer { get; private set; }

    public long Length { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}

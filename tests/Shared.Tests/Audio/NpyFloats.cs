using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AudioReprompt.SharedTests.Audio;

/// <summary>Reads the arrays of the audio fixtures: .npy version 1.0, little endian, C order, <c>&lt;f4</c>.</summary>
internal static class NpyFloats
{
    private const int PreambleBytes = 10;

    public static float[] Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        return MemoryMarshal.Cast<byte, float>(file.AsSpan(PreambleBytes + headerBytes)).ToArray();
    }
}

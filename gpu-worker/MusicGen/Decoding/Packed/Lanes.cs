using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>The few vector operations of the kernels that .NET has no portable form of. Whole numbers: the same result on every processor.</summary>
internal static unsafe class Lanes
{
    /// <summary>Bytes that are asked for before they are needed: what a processor looks ahead by itself ends with a page, and leaves a part of the memory's speed unused.</summary>
    public const int ReadAhead = 4096;

    /// <summary>32 signed bytes as 16-bit numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Widen(sbyte* from)
    {
        var bytes = Vector256.Load(from);
        if (Avx512BW.IsSupported) return Avx512BW.ConvertToVector512Int16(bytes);
        var (lower, upper) = Vector256.Widen(bytes);
        return Vector512.Create(lower, upper);
    }

    /// <summary>32 unsigned bytes as 16-bit numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Widen(byte* from)
    {
        var bytes = Vector256.Load(from);
        if (Avx512BW.IsSupported) return Avx512BW.ConvertToVector512Int16(bytes);
        var (lower, upper) = Vector256.Widen(bytes);
        return Vector512.Create(lower, upper).AsInt16();
    }

    /// <summary>Asks for what will be read soon; an address beyond the memory does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>16 signed bytes as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(sbyte* from)
    {
        var bytes = Vector128.Load(from);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(bytes));
        var (lower, upper) = Vector128.Widen(bytes);
        var (a, b) = Vector128.Widen(lower);
        var (c, d) = Vector128.Widen(upper);
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)));
    }

    /// <summary>16 bfloat16 as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(ushort* from)
    {
        var halves = Vector256.Load(from);
        if (Avx512F.IsSupported) return (Avx512F.ConvertToVector512UInt32(halves) << 16).AsSingle();
        var (lower, upper) = Vector256.Widen(halves);
        return (Vector512.Create(lower, upper) << 16).AsSingle();
    }

    /// <summary>Two 16-bit numbers, in each of the 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Pair(short* from) => Vector512.Create(*(int*)from).AsInt16();

    /// <summary>In each of the 16 lanes the sum of two products of 16-bit numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(Vector512<short> left, Vector512<short> right)
    {
        if (Avx512BW.IsSupported) return Avx512BW.MultiplyAddAdjacent(left, right);
        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.MultiplyAddAdjacent(left.GetLower(), right.GetLower()), Avx2.MultiplyAddAdjacent(left.GetUpper(), right.GetUpper()));
        }

        var (leftPairs, rightPairs) = (left.AsInt32(), right.AsInt32());
        var even = (leftPairs << 16 >> 16) * (rightPairs << 16 >> 16);
        return even + (leftPairs >> 16) * (rightPairs >> 16);
    }
}

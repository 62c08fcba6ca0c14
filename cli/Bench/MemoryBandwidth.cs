using System.Diagnostics;
using System.Runtime.Intrinsics;
using AudioReprompt.MusicGen.Decoding.Packed;

namespace AudioReprompt.Cli.Bench;

/// <summary>How fast this machine reads from memory: what a decoder with few songs cannot be faster than.</summary>
internal static unsafe class MemoryBandwidth
{
    private const long Bytes = 512L * 1024 * 1024;
    private const int Runs = 7;

    /// <returns>Bytes a second, the best of some runs, all cores together.</returns>
    public static double Measure(int threads)
    {
        using var memory = new LargeMemory(Bytes);
        var start = (nint)memory.Start;
        new Span<byte>(memory.Start, (int)Bytes).Fill(1);
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var readers = Enumerable.Range(0, threads).Select(part => new Thread(() => Sum(start + (nint)(Bytes / threads * part), Bytes / threads))).ToArray();
            foreach (var reader in readers) reader.Start();
            foreach (var reader in readers) reader.Join();
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed < best) best = elapsed;
        }

        return Bytes / best.TotalSeconds;
    }

    private static void Sum(nint from, long count)
    {
        var (a, b, c, d) = (Vector512<long>.Zero, Vector512<long>.Zero, Vector512<long>.Zero, Vector512<long>.Zero);
        for (var place = (byte*)from; place < (byte*)from + count; place += 256)
        {
            a += Vector512.Load((long*)place);
            b += Vector512.Load((long*)(place + 64));
            c += Vector512.Load((long*)(place + 128));
            d += Vector512.Load((long*)(place + 192));
        }

        // Of use to nobody, so that the reading is not left out.
        GC.KeepAlive((a + b + c + d).ToScalar());
    }
}

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
        new Span<long>(memory.Start, (int)(Bytes / sizeof(long))).Fill(1);
        var part = Bytes / threads / 256 * 256;
        var sums = new long[threads];
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var readers = Enumerable.Range(0, threads).Select(reader => new Thread(() => sums[reader] = Sum(start + (nint)(part * reader), part))).ToArray();
            foreach (var reader in readers) reader.Start();
            foreach (var reader in readers) reader.Join();
            var elapsed = Stopwatch.GetElapsedTime(started);
            // A compiler leaves out what nobody asks for, and then the figure is none.
            if (sums.Any(sum => sum != part / sizeof(long))) throw new InvalidOperationException("Not all of the memory was read.");
            if (elapsed < best) best = elapsed;
        }

        return threads * part / best.TotalSeconds;
    }

    private static long Sum(nint from, long count)
    {
        var (a, b, c, d) = (Vector512<long>.Zero, Vector512<long>.Zero, Vector512<long>.Zero, Vector512<long>.Zero);
        for (var place = (byte*)from; place < (byte*)from + count; place += 256)
        {
            for (var line = 0; line < 256; line += 64) Lanes.Prefetch(place + line + Lanes.ReadAhead);
            a += Vector512.Load((long*)place);
            b += Vector512.Load((long*)(place + 64));
            c += Vector512.Load((long*)(place + 128));
            d += Vector512.Load((long*)(place + 192));
        }

        return Vector512.Sum(a + b + c + d);
    }
}

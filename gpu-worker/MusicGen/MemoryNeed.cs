using System.Globalization;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Decoding.Packed;

namespace AudioReprompt.MusicGen;

/// <summary>Whether a model fits into memory, asked before it is loaded: the kernel would not say no, it would end the process.</summary>
internal static class MemoryNeed
{
    /// <summary>Frames of a window and the delay of its codebooks.</summary>
    private const int Positions = 1536;

    /// <summary>The runtime, the codec and what a pass computes with.</summary>
    private const long Rest = 300L * 1024 * 1024;
    private const double Mebibyte = 1024 * 1024;

    /// <param name="bits">Of packed weights; 0: single precision.</param>
    /// <exception cref="CheckpointException">It does not fit; the message says how much it needs and how much there is.</exception>
    public static void Check(string folder, MusicGenConfig config, CheckpointFolder checkpoint, int bits, MusicGenSettings settings)
    {
        var decoder = checkpoint.Tensors.Values.Where(tensor => tensor.Name.StartsWith("decoder.", StringComparison.Ordinal)).Sum(tensor => tensor.Count);
        var (layers, heads, width) = (config.Decoder.Layers, config.Decoder.Heads, config.Decoder.HeadWidth);
        var perSong = bits > 0
            ? 2 * AttentionCache.ByteCount(layers, heads, width, Positions)
            : 2L * 2 * layers * config.Decoder.Width * Positions * sizeof(float);
        // With two bytes of scale for 32 weights; single precision is held packed.
        var weights = bits > 0 ? decoder * bits / 8 + decoder / 16 : decoder * sizeof(float);
        Refuse(folder, weights + perSong * settings.MostTogether + Rest);
    }

    /// <inheritdoc cref="Check"/>
    public static void CheckExport(string decoder, MusicGenConfig config, MusicGenSettings settings)
    {
        if (!File.Exists(decoder)) throw new CheckpointException($"{decoder} does not exist.");
        var external = decoder + "_data";
        var weights = new FileInfo(decoder).Length + (File.Exists(external) ? new FileInfo(external).Length : 0);
        // The export copies its cache in every step, so both copies count.
        var perSong = 2L * 2 * 2 * config.Decoder.Layers * config.Decoder.Width * Positions * sizeof(float);
        Refuse(decoder, weights + perSong * settings.MostTogether + Rest);
    }

    private static void Refuse(string what, long needed)
    {
        var available = Available();
        if (needed <= available) return;
        throw new CheckpointException(string.Create(
            CultureInfo.InvariantCulture, $"{what} needs about {needed / Mebibyte:F0} MiB of memory, and {available / Mebibyte:F0} MiB are available."));
    }

    /// <summary>What the container, or else the machine, can still give; mapped files that can be dropped count as free.</summary>
    private static long Available()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        const string linux = "/proc/meminfo";
        if (!File.Exists(linux)) return limit;
        var line = File.ReadLines(linux).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line["MemAvailable:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var kibibytes)
            ? Math.Min(limit, kibibytes * 1024)
            : limit;
    }
}

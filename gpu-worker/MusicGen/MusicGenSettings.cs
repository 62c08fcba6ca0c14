using System.Diagnostics.CodeAnalysis;
using AudioReprompt.Configuration;

namespace AudioReprompt.MusicGen;

/// <summary>What the decoder computes with.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The field's names.")]
public enum MusicGenPrecision
{
    /// <summary>Single precision throughout: the reference.</summary>
    Fp32,

    /// <summary>Half precision, for CUDA.</summary>
    Fp16,

    /// <summary>8-bit weights and cache on the CPU.</summary>
    Int8,
}

/// <summary>How a model is run.</summary>
/// <param name="CacheFolder">For what is built from a checkpoint; deleting it costs the next start some seconds.</param>
/// <param name="Threads">0: as many as there are cores.</param>
/// <param name="MostTogether">Songs that are decoded together.</param>
/// <param name="Device"><c>auto</c>, <c>cuda</c> or <c>cpu</c>.</param>
/// <param name="Export">Of a folder with exports, which: <c>""</c>, <c>_fp16</c> or <c>_quantized</c>; null: of the weights where there are some.</param>
public sealed record MusicGenSettings(
    string CacheFolder, MusicGenPrecision Precision = MusicGenPrecision.Int8, int Threads = 0, int MostTogether = 4, string Device = "auto", string? Export = null)
{
    /// <summary>As <c>config.yaml</c> says.</summary>
    public static MusicGenSettings Of(LoadedConfiguration configuration)
    {
        var options = configuration.Options.MusicGen;
        return new MusicGenSettings(
            configuration.MusicGenCacheFolder, Enum.Parse<MusicGenPrecision>(options.Precision, ignoreCase: true), options.Threads, options.SongsTogether, options.Device);
    }

    /// <summary>Threads in use.</summary>
    public int ActualThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}

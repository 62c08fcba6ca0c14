using AudioReprompt.Configuration;

namespace AudioReprompt.Scoring.Clap;

/// <summary>How a CLAP model is run.</summary>
/// <param name="CacheFolder">For the graphs that are built from a checkpoint; deleting it costs the next start some seconds.</param>
/// <param name="LongAudio">How recordings over 10 s are heard: <see cref="Windows"/> or <see cref="RandomTruncation"/>.</param>
/// <param name="Threads">0: as many as there are cores.</param>
/// <param name="Device"><c>auto</c>, <c>cuda</c> or <c>cpu</c>.</param>
/// <param name="Export">Of a folder with exports, which: <c>""</c>, <c>_fp16</c> or <c>_quantized</c>; null: of the weights where there are some.</param>
public sealed record ClapSettings(string CacheFolder, string LongAudio = ClapSettings.Windows, int Threads = 0, string Device = "auto", string? Export = null)
{
    /// <summary>The whole recording, in windows of 10 s whose embeddings are averaged.</summary>
    public const string Windows = "windows";

    /// <summary>10 s out of it, as the reference does: at a place that is drawn, here always from the same seed.</summary>
    public const string RandomTruncation = "rand_trunc";

    /// <summary>As <c>config.yaml</c> says.</summary>
    public static ClapSettings Of(LoadedConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.Options.Clap;
        return new ClapSettings(configuration.ClapCacheFolder, options.LongAudio, options.Threads, options.Device);
    }

    /// <summary>Threads in use.</summary>
    public int ActualThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}

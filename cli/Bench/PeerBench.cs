using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AudioReprompt.Cli.Bench;

/// <summary>The same song by transformers.js, for comparison: the same weights in their published ONNX form, the same prompt, the same machine.</summary>
internal static class PeerBench
{
    private const string Organisation = "bench";
    private const int Seconds = 30;

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = await BenchModel.FindAsync(cancellationToken);
        var root = BenchModel.Configuration.Folder;
        var install = Path.Combine(root, ".build", "transformersjs");
        Directory.CreateDirectory(install);
        foreach (var file in (ReadOnlySpan<string>)["package.json", "package-lock.json", ".npmrc", "song.mjs"]) File.Copy(Path.Combine(root, "eng", "transformersjs", file), Path.Combine(install, file), overwrite: true);
        if (!Directory.Exists(Path.Combine(install, "node_modules"))) await BenchModel.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], install, cancellationToken);
        var models = Path.Combine(install, "models", Organisation);
        Directory.CreateDirectory(models);
        var link = Path.Combine(models, "model");
        if (Directory.Exists(link)) Directory.Delete(link);
        Directory.CreateSymbolicLink(link, model);

        var printed = await BenchModel.RunAsync("node", ["song.mjs", Path.Combine(install, "models") + "/", $"{Organisation}/model", Seconds.ToString(CultureInfo.InvariantCulture)], install, cancellationToken);
        using var report = JsonDocument.Parse(printed.Trim().Split('\n')[^1]);
        double Of(string name) => report.RootElement.GetProperty(name).GetDouble();
        yield return new Measurement(
            "transformersjs.song", $"{Seconds} s of music by transformers.js 4.3.1, single precision", Of("song_seconds"), "s", Goal.Unlimited,
            string.Create(CultureInfo.InvariantCulture, $"for comparison; {Of("audio_seconds"):0.00} s of audio, loaded in {Of("load_seconds"):0.0} s, peak {Of("peak_megabytes"):0} MB"));
    }
}

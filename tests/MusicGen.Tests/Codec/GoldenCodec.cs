using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>The reference data's codecs and what the reference implementation makes of codes (transformers 4.57.6, float32).</summary>
internal static class GoldenCodec
{
    public static string Folder(string model) => Path.Combine(Repository.Fixtures, model);

    public static CodecConfig Config(string model) => MusicGenConfig.Load(Folder(model)).Codec;

    public static EncodecCodec Open(string model, int threads = 2)
    {
        using var folder = CheckpointFolder.Open(Folder(model));
        return EncodecCodec.Load(folder, Config(model), threads);
    }

    public static (int[][] Codes, float[] Audio) Alone(string model) => (Codes(model, "codec_codes"), Npy.ReadFloats(Golden(model, "codec_audio")));

    /// <summary>A song's channels: the codebooks of two take turns.</summary>
    public static IEnumerable<(int[][] Codes, float[] Audio)> Channels(string model, string song)
    {
        var audio = Npy.Read<float>(Golden(model, song + "_audio"));
        var codes = Codes(model, song + "_codes");
        var (channels, samples) = (audio.Shape[0], audio.Shape[1]);
        for (var channel = 0; channel < channels; channel++)
        {
            yield return ([.. codes.Where((_, book) => book % channels == channel)], audio.Values[(channel * samples)..((channel + 1) * samples)]);
        }
    }

    /// <summary>The largest difference; infinite where the lengths differ.</summary>
    public static float Difference(float[] a, float[] b) => a.Length != b.Length ? float.PositiveInfinity : a.Zip(b).Max(pair => Math.Abs(pair.First - pair.Second));

    private static int[][] Codes(string model, string name)
    {
        var array = Npy.Read<long>(Golden(model, name));
        var frames = array.Shape[^1];
        return [.. array.Values.Chunk(frames).Select(row => row.Select(code => (int)code).ToArray())];
    }

    private static string Golden(string model, string name) => Path.Combine(Folder(model), "golden", name + ".npy");
}

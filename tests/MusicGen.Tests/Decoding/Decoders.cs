using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Decoding;

/// <summary>The decoders that every test of decoding runs on, loaded once.</summary>
public sealed class Decoders : IDisposable
{
    private readonly TemporaryFolder _cache = new();
    private readonly Dictionary<string, IDecoder> _loaded = new(StringComparer.Ordinal);

    internal static ReferenceModel ModelOf(string decoder) => decoder == "stereo checkpoint" ? ReferenceModel.Stereo : ReferenceModel.Mono;

    internal IDecoder Get(string decoder)
    {
        if (!_loaded.TryGetValue(decoder, out var loaded)) _loaded.Add(decoder, loaded = Load(decoder, _cache.Combine(ModelOf(decoder).Name)));
        return loaded;
    }

    internal static IDecoder Load(string decoder, string cache, int threads = 0)
    {
        var model = ModelOf(decoder);
        if (decoder == "mono published") return PublishedDecoder.Load(model.Export("decoder_model_merged.onnx"), model.Config, new OnnxSettings(threads));
        using var checkpoint = model.OpenCheckpoint();
        var weights = decoder == "mono float16" ? OnnxType.Float16 : OnnxType.Float;
        return GraphDecoder.Load(checkpoint, model.Config, weights, new GraphCache(cache), new OnnxSettings(threads));
    }

    public void Dispose()
    {
        foreach (var decoder in _loaded.Values) decoder.Dispose();
        _cache.Dispose();
    }
}

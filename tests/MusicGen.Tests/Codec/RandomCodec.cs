using System.Runtime.InteropServices;
using System.Text.Json;
using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>A codec of any configuration with random weights, and the checkpoint file that holds it.</summary>
internal sealed class RandomCodec
{
    private readonly Random _random;
    private readonly bool _newerNames;

    /// <param name="newerNames">Of weight norm.</param>
    public RandomCodec(CodecConfig config, int seed = 1, bool newerNames = false, int codebooks = 3)
    {
        (Config, _random, _newerNames) = (config, new Random(seed), newerNames);
        for (var book = 0; book < codebooks; book++) Add($"audio_encoder.quantizer.layers.{book}.codebook.embed", 1, config.CodebookSize, config.CodebookWidth);
        AddDecoder();
        AddEncoder();
    }

    /// <summary>Small, but nothing of it equal to MusicGen's.</summary>
    public static CodecConfig Small { get; } = new(
        SampleRate: 16000, Width: 6, Filters: 6, ResidualLayers: 1, Ratios: [3, 2], Kernel: 5, LastKernel: 7, ResidualKernel: 3, DilationGrowth: 2, Causal: false,
        Compress: 2, LstmLayers: 2, TrimRightRatio: 1, CodebookSize: 20, CodebookWidth: 6, ConvolutionShortcut: false);

    public CodecConfig Config { get; }

    public Dictionary<string, (long[] Shape, float[] Values)> Tensors { get; } = new(StringComparer.Ordinal);

    public int[][] Codes(int frames, int codebooks = 3) =>
        [.. Enumerable.Range(0, codebooks).Select(_ => Enumerable.Range(0, frames).Select(_ => _random.Next(Config.CodebookSize)).ToArray())];

    /// <summary>Writes <c>model.safetensors</c>.</summary>
    /// <param name="types">Other element types than F32 by tensor; their bytes are the floats' own.</param>
    public void Save(string folder, IReadOnlyDictionary<string, string>? types = null)
    {
        var offset = 0;
        var header = new Dictionary<string, object>();
        foreach (var (name, (shape, values)) in Tensors)
        {
            header[name] = new { dtype = types?.GetValueOrDefault(name) ?? "F32", shape, data_offsets = new[] { offset, offset + 4 * values.Length } };
            offset += 4 * values.Length;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(Path.Combine(folder, "model.safetensors"));
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        foreach (var (_, values) in Tensors.Values) file.Write(MemoryMarshal.AsBytes<float>(values));
    }

    private void AddDecoder()
    {
        const string root = "audio_encoder.decoder.layers.";
        var (index, channels) = (0, Config.Filters << Config.Ratios.Count);
        AddConvolution($"{root}{index++}.conv", channels, Config.Width, Config.Kernel);
        if (Config.LstmLayers > 0) AddLstm($"{root}{index++}.lstm", channels);
        foreach (var ratio in Config.Ratios)
        {
            index++;
            AddConvolution($"{root}{index++}.conv", channels, channels / 2, 2 * ratio, transposed: true);
            channels /= 2;
            for (var block = 0; block < Config.ResidualLayers; block++) AddBlock($"{root}{index++}", channels);
        }

        AddConvolution($"{root}{index + 1}.conv", 1, channels, Config.LastKernel);
    }

    private void AddEncoder()
    {
        const string root = "audio_encoder.encoder.layers.";
        var (index, channels) = (0, Config.Filters);
        AddConvolution($"{root}{index++}.conv", channels, 1, Config.Kernel);
        foreach (var ratio in Config.Ratios.Reverse())
        {
            for (var block = 0; block < Config.ResidualLayers; block++) AddBlock($"{root}{index++}", channels);
            index++;
            AddConvolution($"{root}{index++}.conv", 2 * channels, channels, 2 * ratio);
            channels *= 2;
        }

        if (Config.LstmLayers > 0) AddLstm($"{root}{index++}.lstm", channels);
        AddConvolution($"{root}{index + 1}.conv", Config.Width, channels, Config.LastKernel);
    }

    private void AddBlock(string name, int channels)
    {
        AddConvolution(name + ".block.1.conv", channels / Config.Compress, channels, Config.ResidualKernel);
        AddConvolution(name + ".block.3.conv", channels, channels / Config.Compress, 1);
        if (Config.ConvolutionShortcut) AddConvolution(name + ".shortcut.conv", channels, channels, 1);
    }

    private void AddConvolution(string name, int first, int second, int kernel, bool transposed = false)
    {
        Add(name + (_newerNames ? ".parametrizations.weight.original0" : ".weight_g"), 0.2, first, 1, 1);
        Add(name + (_newerNames ? ".parametrizations.weight.original1" : ".weight_v"), 1, first, second, kernel);
        // A gain of about one keeps the signal from dying out or growing.
        var gains = Tensors[name + (_newerNames ? ".parametrizations.weight.original0" : ".weight_g")].Values;
        for (var i = 0; i < gains.Length; i++) gains[i] += 1.2f;
        Add(name + ".bias", 0.1, transposed ? second : first);
    }

    private void AddLstm(string name, int width)
    {
        for (var layer = 0; layer < Config.LstmLayers; layer++)
        {
            foreach (var kind in new[] { "ih", "hh" })
            {
                Add($"{name}.weight_{kind}_l{layer}", 0.4, 4 * width, width);
                Add($"{name}.bias_{kind}_l{layer}", 0.3, 4 * width);
            }
        }
    }

    private void Add(string name, double spread, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(spread * (2 * _random.NextDouble() - 1));
        Tensors.Add(name, (shape, values));
    }
}

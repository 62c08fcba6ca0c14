using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>The encoder against the reference implementation (transformers 4.57.6, float32).</summary>
public sealed class CodecEncoderTests
{
    [Theory]
    [InlineData("musicgen-tiny")]
    [InlineData("musicgen-tiny-stereo")]
    public void Encode_ATone_GivesTheReferencesEmbeddingsAndCodes(string model)
    {
        using var encoder = Open(model);
        var golden = Path.Combine(GoldenCodec.Folder(model), "golden");
        var samples = Npy.ReadFloats(Path.Combine(golden, "codec_encode_input.npy"));
        var expected = Npy.Read<float>(Path.Combine(golden, "codec_encode_embeddings.npy")); // [1, width, frames]
        var (width, frames) = (expected.Shape[1], expected.Shape[2]);
        var embeddings = encoder.Embed(samples);
        Assert.Equal(frames, embeddings.Length);
        for (var frame = 0; frame < frames; frame++)
        {
            for (var c = 0; c < width; c++) Assert.Equal(expected.Values[c * frames + frame], embeddings[frame][c], 1e-5f);
        }

        var codes = Npy.Read<long>(Path.Combine(golden, "codec_encode_codes.npy"));
        Assert.Equal(codes.Values, encoder.Encode(samples).SelectMany(row => row.Select(code => (long)code)));
    }

    [Fact]
    public void Encode_NoSamples_GivesNoFrames()
    {
        using var encoder = Open("musicgen-tiny");
        Assert.All(encoder.Encode([]), Assert.Empty);
    }

    private static EncodecEncoder Open(string model)
    {
        using var folder = CheckpointFolder.Open(GoldenCodec.Folder(model));
        return EncodecEncoder.Load(folder, GoldenCodec.Config(model), threads: 2);
    }
}

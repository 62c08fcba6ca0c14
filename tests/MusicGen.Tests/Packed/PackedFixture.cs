using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Decoding.Packed;
using AudioReprompt.MusicGen.Generation;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Packed;

/// <summary>A fixture's model, packed into a folder of its own.</summary>
internal sealed class PackedFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Golden _golden;

    public PackedFixture(Golden golden, int bits = 8, int threads = 2)
    {
        _golden = golden;
        Config = MusicGenConfig.Load(golden.Folder);
        using var checkpoint = CheckpointFolder.Open(golden.Folder);
        PackedWeights.Build(Config, checkpoint, bits, _folder.Path, null, CancellationToken.None);
        Decoder = new PackedDecoder(
            PackedWeights.Open(Config, bits, _folder.Path), new SinusoidalPositions(Config.Decoder.Width, DecoderGraph.IsHalf(checkpoint)), threads);
    }

    public MusicGenConfig Config { get; }

    public PackedDecoder Decoder { get; }

    /// <summary>Logits of the first steps when the reference's codes are fed: <c>[steps, codebooks, vocabulary]</c>.</summary>
    public float[] GuidedLogits(int prompt, int guidance, int steps)
    {
        var codes = _golden.Codes($"prompt{prompt}_guidance{guidance}_codes");
        var pattern = new DelayPattern(Config.Decoder.Codebooks, Config.Channels, Config.Decoder.PadToken);
        var song = new SongCodes(pattern, [], codes[0].Length);
        using var state = Decoder.Begin(_golden.Floats($"prompt{prompt}_text_encoder").Values, guidance > 1, song.Positions);
        var logits = new List<float>();
        for (var step = 1; step <= steps; step++)
        {
            Decoder.Run([new DecoderStep(state, song.NextTokens())]);
            logits.AddRange(guidance > 1 ? state.Logits.Zip(state.UnconditionalLogits, (with, without) => without + guidance * (with - without)) : state.Logits);
            song.Accept(book => codes[book][pattern.FrameAt(step, book, codes[0].Length)]);
        }

        return [.. logits];
    }

    public void Dispose()
    {
        Decoder.Dispose();
        _folder.Dispose();
    }
}

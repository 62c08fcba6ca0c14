using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.MusicGen.Tests.Text;
using AudioReprompt.MusicGen.Text;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Decoding;

/// <summary>
/// Exports whose inputs and outputs are float16, and which lack the optional inputs. The models are not MusicGen: small graphs with the published
/// interface, whose answers can be worked out by hand.
/// </summary>
public sealed class Float16ExportTests : IDisposable
{
    private const int Vocabulary = 256;
    private const int TextWidth = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly EditedCheckpoint _model = new EditedCheckpoint().WithConfig("decoder", "num_hidden_layers", 1).WithConfig("decoder", "num_codebooks", 1);

    [Theory]
    [InlineData(OnnxType.Float)]
    [InlineData(OnnxType.Float16)]
    public void Decoder_TypesOfTheFile_AreBoundByNameAndKept(OnnxType type)
    {
        using var decoder = PublishedDecoder.Load(WriteDecoder(type), _model.Config, new OnnxSettings(1));
        using var song = decoder.Begin(Enumerable.Repeat(0.5f, 3 * TextWidth).ToArray(), guided: true, 4);
        int[] tokens = [7, 9, 11];
        for (var step = 1; step <= tokens.Length; step++)
        {
            decoder.Run([new DecoderStep(song, tokens.AsMemory(step - 1, 1))]);

            // Its own keys have grown by the text's mean at each step; the text's, mean + 1, are there from the second step on.
            TextEncoderTests.AssertClose(Row(tokens[step - 1], step * 0.5f + (step > 1 ? 1.5f : 0)), song.Logits, 0.005);
            TextEncoderTests.AssertClose(Row(tokens[step - 1], step > 1 ? 1 : 0), song.UnconditionalLogits, 0.005);
        }
    }

    [Theory]
    [InlineData(OnnxType.Float)]
    [InlineData(OnnxType.Float16)]
    public void TextEncoder_TypesOfTheFile_AreTaken(OnnxType type)
    {
        using var encoder = PublishedTextEncoder.Load(WriteTextEncoder(type), _model.Config.Text, new OnnxSettings(1));

        TextEncoderTests.AssertClose([.. Table(211, TextWidth).AsSpan(5 * TextWidth, TextWidth), .. Table(211, TextWidth).AsSpan(TextWidth, TextWidth)], encoder.Encode([5, 1]), 0.005);
    }

    [Fact]
    public void TextEncoder_StatesOfWholeNumbers_AreRefused()
    {
        var refusal = Assert.Throws<CheckpointException>(() => PublishedTextEncoder.Load(WriteTextEncoder(OnnxType.Int32), _model.Config.Text, new OnnxSettings(1)));

        Assert.Contains("last_hidden_state has numbers of type Int32", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    private static float[] Table(int rows, int width) => [.. Enumerable.Range(0, rows * width).Select(i => i * 37 % 101 / 50f - 1)];

    private static float[] Row(int token, float plus) => [.. Table(Vocabulary + 1, Vocabulary).AsSpan(token * Vocabulary, Vocabulary).ToArray().Select(value => value + plus)];

    private string WriteTextEncoder(OnnxType type)
    {
        var graph = new GraphBuilder("text");
        var states = graph.Node("Gather", [graph.Constant("table", Table(211, TextWidth), 211, TextWidth), graph.Input("input_ids", OnnxType.Int64, "b", "s")]);
        graph.Output("last_hidden_state", graph.Node("Cast", [states], ("to", (long)type)), type, "b", "s", TextWidth);
        return Write(graph, "text_encoder.onnx");
    }

    private string WriteDecoder(OnnxType type)
    {
        var graph = new GraphBuilder("decoder");
        var ids = graph.Input("input_ids", OnnxType.Int64, "rows_books", "n");
        var text = graph.Input("encoder_hidden_states", type, "rows", "s", TextWidth);
        var mean = graph.Node("Reshape", [graph.Node("ReduceMean", [Wide(text)], ("axes", (long[])[1, 2])), graph.Integers(-1, 1, 1, 1)]);
        var zeros = graph.Constant("zeros", new float[64], 1, 4, 1, 16);
        var logits = graph.Node("Gather", [graph.Constant("table", Table(Vocabulary + 1, Vocabulary), Vocabulary + 1, Vocabulary), ids]);
        foreach (var part in (string[])["key", "value"])
        {
            var own = Wide(graph.Input($"past_key_values.0.decoder.{part}", type, "rows", 4, "past", 16));
            var grown = graph.Node("Concat", [own, graph.Node("Add", [zeros, mean])], ("axis", 2));
            var kept = Wide(graph.Input($"past_key_values.0.encoder.{part}", type, "rows", 4, "text", 16));
            graph.Output($"present.0.decoder.{part}", Narrow(grown), type, "rows", 4, "grown", 16);
            graph.Output($"present.0.encoder.{part}", Narrow(graph.Node("Add", [graph.Node("Add", [zeros, mean]), graph.Scalar(1)])), type, "rows", 4, 1, 16);
            if (part == "key") logits = graph.Node("Add", [logits, graph.Node("Add", [Sum(grown), Sum(kept)])]);
        }

        graph.Output("logits", Narrow(logits), type, "rows_books", "n", Vocabulary);
        return Write(graph, "decoder_model_merged.onnx");

        string Wide(string value) => graph.Node("Cast", [value], ("to", (long)OnnxType.Float));
        string Narrow(string value) => graph.Node("Cast", [value], ("to", (long)type));

        // Over all places, of the first head's first channel: [rows, 1, 1].
        string Sum(string keys) => graph.Node("Reshape", [
            graph.Node("ReduceSum", [graph.Node("Slice", [keys, graph.Integers(0, 0), graph.Integers(1, 1), graph.Integers(1, 3)]), graph.Integers(2)]),
            graph.Integers(-1, 1, 1)]);
    }

    private string Write(GraphBuilder graph, string file)
    {
        graph.Save(_folder.Combine(file));
        return _folder.Combine(file);
    }
}

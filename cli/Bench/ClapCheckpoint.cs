using System.Runtime.InteropServices;
using System.Text.Json;
using AudioReprompt.Checkpoints;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// A CLAP checkpoint of the size of laion/clap-htsat-unfused (HTSAT-tiny, RoBERTa-base) with random weights, always the same: as long to load
/// and to run as the real one, which a bench should not have to download.
/// </summary>
internal static unsafe class ClapCheckpoint
{
    private const int TextWidth = 768;
    private const int InnerWidth = 3072;
    private const int TextLayers = 12;
    private const int Vocabulary = 50_265;
    private const int Positions = 514;
    private const int Projection = 512;
    private const int Channels = 96;
    private const int MelBins = 64;
    private const int BiasRows = 225;

    private static readonly int[] Depths = [2, 2, 6, 2];
    private static readonly int[] Heads = [4, 8, 16, 32];

    /// <summary>Writes the folder's files.</summary>
    /// <exception cref="IOException">The disk is full: it takes 0.6 GB.</exception>
    public static void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type": "clap"}""");
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), """{"frequency_min": 50, "truncation": "rand_trunc"}""");
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer());
        var entries = Entries().ToList();
        SafetensorsWriter.Write(
            Path.Combine(folder, CheckpointFolder.SingleFile),
            entries,
            addresses => Parallel.ForEach(entries, (entry, _, number) => Fill(entry, new Span<float>((void*)addresses[entry.Name], (int)(entry.ByteCount / sizeof(float))), (int)number)),
            alignment: sizeof(float));
    }

    private static IEnumerable<SafetensorsEntry> Entries() => Text().Concat(Audio());

    private static IEnumerable<SafetensorsEntry> Text()
    {
        const string embeddings = "text_model.embeddings.";
        yield return Entry(embeddings + "word_embeddings.weight", Vocabulary, TextWidth);
        yield return Entry(embeddings + "position_embeddings.weight", Positions, TextWidth);
        yield return Entry(embeddings + "token_type_embeddings.weight", 1, TextWidth);
        List<SafetensorsEntry> rest = [.. Norm(embeddings + "LayerNorm", TextWidth), .. Linear("text_model.pooler.dense", TextWidth, TextWidth), .. Head("text_projection", TextWidth)];
        for (var layer = 0; layer < TextLayers; layer++)
        {
            var prefix = FormattableString.Invariant($"text_model.encoder.layer.{layer}.");
            rest.AddRange([
                .. Attention(prefix, TextWidth), .. Norm(prefix + "attention.output.LayerNorm", TextWidth),
                .. Linear(prefix + "intermediate.dense", TextWidth, InnerWidth), .. Linear(prefix + "output.dense", InnerWidth, TextWidth), .. Norm(prefix + "output.LayerNorm", TextWidth),
            ]);
        }

        foreach (var entry in rest) yield return entry;
    }

    private static List<SafetensorsEntry> Audio()
    {
        const string encoder = "audio_model.audio_encoder.";
        List<SafetensorsEntry> all =
        [
            .. Norm(encoder + "batch_norm", MelBins), Entry(encoder + "batch_norm.running_mean", MelBins), Entry(encoder + "batch_norm.running_var", MelBins),
            Entry(encoder + "patch_embed.proj.weight", Channels, 1, 4, 4), Entry(encoder + "patch_embed.proj.bias", Channels), .. Norm(encoder + "patch_embed.norm", Channels),
            .. Norm(encoder + "norm", Channels << 3), .. Head("audio_projection", Channels << 3),
        ];
        for (var stage = 0; stage < Depths.Length; stage++)
        {
            var (prefix, width) = (FormattableString.Invariant($"{encoder}layers.{stage}."), Channels << stage);
            for (var number = 0; number < Depths[stage]; number++)
            {
                var block = FormattableString.Invariant($"{prefix}blocks.{number}.");
                all.AddRange([
                    .. Norm(block + "layernorm_before", width), .. Attention(block, width), Entry(block + "attention.self.relative_position_bias_table", BiasRows, Heads[stage]),
                    .. Norm(block + "layernorm_after", width), .. Linear(block + "intermediate.dense", width, 4 * width), .. Linear(block + "output.dense", 4 * width, width),
                ]);
            }

            if (stage < Depths.Length - 1) all.AddRange([.. Norm(prefix + "downsample.norm", 4 * width), Entry(prefix + "downsample.reduction.weight", 2 * width, 4 * width)]);
        }

        return all;
    }

    private static IEnumerable<SafetensorsEntry> Attention(string block, int width) =>
        ((string[])["self.query", "self.key", "self.value", "output.dense"]).SelectMany(layer => Linear($"{block}attention.{layer}", width, width));

    private static SafetensorsEntry[] Head(string name, int width) => [.. Linear(name + ".linear1", width, Projection), .. Linear(name + ".linear2", Projection, Projection)];

    private static SafetensorsEntry[] Linear(string name, int inputs, int outputs) => [Entry(name + ".weight", outputs, inputs), Entry(name + ".bias", outputs)];

    private static SafetensorsEntry[] Norm(string name, int width) => [Entry(name + ".weight", width), Entry(name + ".bias", width)];

    private static SafetensorsEntry Entry(string name, params long[] shape) => new(name, TensorType.Float32, shape);

    /// <summary>Matrices so small that sums of a thousand products stay near 1; factors and variances around 1.</summary>
    private static void Fill(SafetensorsEntry entry, Span<float> values, int seed)
    {
        var random = new Random(seed);
        // Of a vector with this name: the factor of a normalisation, or a variance.
        var centre = entry.Shape.Count == 1 && (entry.Name.EndsWith("weight", StringComparison.Ordinal) || entry.Name.EndsWith("running_var", StringComparison.Ordinal)) ? 1f : 0f;
        random.NextBytes(MemoryMarshal.AsBytes(values));
        var bits = MemoryMarshal.Cast<float, int>(values);
        for (var i = 0; i < values.Length; i++) values[i] = centre + (bits[i] * (0.1f / int.MaxValue));
    }

    /// <summary>A byte-level tokenizer without merges: each byte of a text is a token.</summary>
    private static string Tokenizer()
    {
        string[] specials = ["<s>", "<pad>", "</s>", "<unk>"];
        var vocabulary = specials.Concat(ByteCharacters()).Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        return JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = specials.Select((token, id) => new { id, content = token, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            post_processor = new { type = "RobertaProcessing", sep = new object[] { "</s>", 2 }, cls = new object[] { "<s>", 0 }, trim_offsets = true, add_prefix_space = false },
            decoder = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
        });
    }

    /// <summary>The characters that stand for the 256 bytes in GPT-2's vocabulary: printable ones for themselves, the others from U+0100 on.</summary>
    private static IEnumerable<string> ByteCharacters()
    {
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var isPrintable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            yield return ((char)(isPrintable ? value : next++)).ToString();
        }
    }
}

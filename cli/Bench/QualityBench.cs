using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.MusicGen;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.Cli.Bench;

/// <summary>What 8 bits cost: logits after guidance against single precision, step by step on the same tokens.</summary>
internal static class QualityBench
{
    private const int Frames = 100;
    private const double Guidance = 3;
    private const double GoalError = 0.05;
    private const double GoalAgreement = 0.9;
    private const string Prompt = "Staccato plucked strings, dry and bright, salty";

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = await BenchModel.FindAsync(cancellationToken);
        var settings = MusicGenSettings.Of(BenchModel.Configuration) with { Device = "cpu" };
        var (tokens, exact) = Run(folder, settings with { Precision = MusicGenPrecision.Fp32 }, null, cancellationToken);
        var (_, rounded) = Run(folder, settings with { Precision = MusicGenPrecision.Int8 }, tokens, cancellationToken);

        var (difference, size, agreed, rows) = (0.0, 0.0, 0, 0);
        foreach (var (right, given) in exact.Zip(rounded))
        {
            for (var i = 0; i < right.Length; i++)
            {
                difference += Math.Pow(right[i] - given[i], 2);
                size += (double)right[i] * right[i];
            }

            foreach (var (first, second) in Likeliest(right).Zip(Likeliest(given)))
            {
                agreed += first == second ? 1 : 0;
                rows++;
            }
        }

        var detail = string.Create(CultureInfo.InvariantCulture, $"{exact.Count} steps, guidance scale {Guidance}");
        yield return new Measurement("quality.error", "int8: relative error of the logits after guidance (L2)", Math.Sqrt(difference / size), "", Goal.AtMost(GoalError), detail);
        yield return new Measurement("quality.argmax", "int8: the likeliest token is that of single precision", (double)agreed / rows, "", Goal.AtLeast(GoalAgreement), $"{agreed} of {rows}");

        IEnumerable<int> Likeliest(float[] logits) => logits.Chunk(logits.Length / tokens[0].Length).Select(row => row.AsSpan().IndexOf(row.Max()));
    }

    /// <param name="given">Tokens of every step, <c>[steps][codebooks]</c>; null: the likeliest ones.</param>
    private static (List<int[]> Tokens, List<float[]> Logits) Run(string folder, MusicGenSettings settings, List<int[]>? given, CancellationToken cancellationToken)
    {
        using var model = MusicGenModel.Load(folder, settings, null, cancellationToken);
        var config = model.Config.Decoder;
        var codes = new SongCodes(new DelayPattern(config.Codebooks, config.AudioChannels, config.PadToken), [], Frames);
        using var song = model.Decoder.Begin(model.ReadPrompt(Prompt), guided: true, codes.Positions);
        var (tokens, logits) = (new List<int[]>(), new List<float[]>());
        for (var step = 0; !codes.IsComplete; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            model.Decoder.Run([new DecoderStep(song, codes.NextTokens())]);
            float[] guided = [.. song.Logits.Zip(song.UnconditionalLogits, (with, without) => without + (float)Guidance * (with - without))];
            logits.Add(guided);
            var chosen = given?[step] ?? [.. guided.Chunk(config.VocabularySize).Select(row => row.AsSpan().IndexOf(row.Max()))];
            tokens.Add(chosen);
            codes.Accept(book => chosen[book]);
        }

        return (tokens, logits);
    }
}

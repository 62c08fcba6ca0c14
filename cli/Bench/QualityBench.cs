using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.MusicGen;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.Cli.Bench;

/// <summary>What 8 and 4 bits cost: logits after guidance against single precision, step by step on the same tokens.</summary>
internal static class QualityBench
{
    private const int Frames = 100;
    private const double Guidance = 3;
    private const double GoalError = 3;
    private const double GoalAgreement = 95;
    private const string Prompt = "Staccato plucked strings, dry and bright, salty";

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = await BenchModel.FindAsync(cancellationToken);
        var settings = MusicGenSettings.Of(BenchModel.Configuration) with { Device = "cpu" };
        var (tokens, exact) = Run(folder, settings with { Precision = MusicGenPrecision.Fp32 }, null, cancellationToken);
        foreach (var precision in new[] { MusicGenPrecision.Int8, MusicGenPrecision.Int4 })
        {
            var (_, rounded) = Run(folder, settings with { Precision = precision }, tokens, cancellationToken);
            foreach (var measurement in Compare(precision, exact, rounded, tokens[0].Length)) yield return measurement;
        }
    }

    private static IEnumerable<Measurement> Compare(MusicGenPrecision precision, List<float[]> exact, List<float[]> rounded, int codebooks)
    {
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
        var name = precision.ToString().ToLowerInvariant();
        // 4 bits are an offer; the default is what the goal is for.
        var isDefault = precision == MusicGenPrecision.Int8;
        yield return new Measurement($"quality.{name}.error", $"{name}: relative error of the logits after guidance (L2)", 100 * Math.Sqrt(difference / size), "%", isDefault ? Goal.AtMost(GoalError) : Goal.Unlimited, detail);
        yield return new Measurement($"quality.{name}.argmax", $"{name}: the likeliest token is that of single precision", 100.0 * agreed / rows, "%", isDefault ? Goal.AtLeast(GoalAgreement) : Goal.Unlimited, $"{agreed} of {rows}");

        IEnumerable<int> Likeliest(float[] logits) => logits.Chunk(logits.Length / codebooks).Select(row => row.AsSpan().IndexOf(row.Max()));
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

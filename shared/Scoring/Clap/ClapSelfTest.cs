using AudioReprompt.Audio;
using AudioReprompt.Checkpoints;
using AudioReprompt.Statistics;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// Whether a model tells sounds apart at all: a sine and white noise are as different as recordings can be, and of one published conversion
/// it is reported that it sends everything to nearly one point (LAION-AI/CLAP issue 172: 0.98, where sound checkpoints have 0.42).
/// </summary>
internal static partial class ClapSelfTest
{
    /// <summary>From here on a warning is given.</summary>
    private const double TooAlike = 0.95;

    private const int SampleRate = 48_000;
    private const int Seconds = 10;
    private const double SineHz = 440;
    private const float Level = 0.5f;

    /// <returns>The cosine of the two.</returns>
    /// <exception cref="CheckpointException">The model gives nothing that has a direction, or its halves give vectors of different lengths.</exception>
    public static double Run(ClapModel model, ILogger logger)
    {
        try
        {
            var sine = Embed(model, Sine());
            var noise = Embed(model, Noise());
            var text = model.EmbedText("a sine wave");
            if (text.Length != sine.Length) throw new CheckpointException($"{model.Model}: its texts have {text.Length} numbers and its recordings {sine.Length}; the halves belong to different models.");
            var cosine = CosineSimilarity.Between(sine, noise);
            if (cosine > TooAlike) LogTooAlike(logger, model.Model, cosine, TooAlike);
            return cosine;
        }
        catch (InvalidDataException exception)
        {
            throw new CheckpointException($"{model.Model}: the weights give no usable numbers. {exception.Message}", exception);
        }
    }

    private static float[] Embed(ClapModel model, float[] mono) => model.EmbedAudio(new MemoryReader(mono, 1, SampleRate), CancellationToken.None).Embedding;

    private static float[] Sine() => [.. Enumerable.Range(0, Seconds * SampleRate).Select(sample => Level * (float)Math.Sin(2 * Math.PI * SineHz * sample / SampleRate))];

    private static float[] Noise()
    {
        var random = new Random(0);
        return [.. Enumerable.Range(0, Seconds * SampleRate).Select(_ => Level * ((2 * random.NextSingle()) - 1))];
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Model} hears a sine and white noise as nearly the same (cosine {Cosine:F3}, above {Limit}); its scores say little. Other checkpoints: clap.model in config.yaml.")]
    private static partial void LogTooAlike(ILogger logger, string model, double cosine, double limit);
}

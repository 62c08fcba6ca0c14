using AudioReprompt.Reprompt;

namespace AudioReprompt.Music;

/// <summary>
/// Turns a prompt and parameters into samples. Deterministic: the same request gives the same samples.
/// Implementations are safe for concurrent calls.
/// </summary>
public interface IMusicEngine
{
    /// <summary>As it stands in a job's <c>engine</c>: <c>composer</c>, <c>musicgen</c>.</summary>
    string Name { get; }

    /// <summary>Version or checkpoint, as it stands in a job's <c>model</c>.</summary>
    string Model { get; }

    /// <param name="request">A validated request.</param>
    /// <param name="progress">Share done, 0…1, never falling; may be reported from any thread.</param>
    /// <param name="cancellationToken">Honoured within 50 ms.</param>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken);
}

/// <summary>An engine that knows the notes of what it plays.</summary>
public interface IScoreWriter
{
    /// <returns>The score of what the engine plays for the same request, as a Standard MIDI File.</returns>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    byte[] WriteScore(MusicRequest request, CancellationToken cancellationToken);
}

/// <summary>What to generate.</summary>
/// <param name="Prompt">The refined text.</param>
/// <param name="Plan">The musical plan behind the text, for engines that play from one.</param>
/// <param name="DurationSeconds">1…300.</param>
/// <param name="Seed">0…4,294,967,295.</param>
/// <param name="Sampling">For engines that sample from a model.</param>
public sealed record MusicRequest(string Prompt, MusicalPlan Plan, double DurationSeconds, long Seed, SamplingOptions Sampling);

/// <summary>How a model's next token is drawn.</summary>
/// <param name="GuidanceScale">Classifier-free guidance, 1…20.</param>
/// <param name="Temperature">0.01…2.</param>
/// <param name="TopK">Keep the k likeliest tokens, 0 (all)…2048.</param>
/// <param name="TopP">Keep the likeliest tokens up to this probability, 0 (off)…1.</param>
public sealed record SamplingOptions(double GuidanceScale = 3, double Temperature = 1, int TopK = 250, double TopP = 0);

/// <summary>Finished audio.</summary>
/// <param name="Samples">Interleaved, <c>[frames · channels]</c>, −1…1.</param>
/// <param name="SampleRate">Hz.</param>
/// <param name="Channels">1 or 2.</param>
public sealed record GeneratedAudio(float[] Samples, int SampleRate, int Channels)
{
    public double DurationSeconds => (double)Samples.Length / Channels / SampleRate;
}

using System.Threading.RateLimiting;
using AudioReprompt.Configuration;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Understanding;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>
/// Has a language model write what a text-to-music model reads. The model is help from outside: whatever it does or leaves undone, there
/// is an answer within <see cref="RepromptOptions.LlmTimeoutSeconds"/>, a text that was checked or the reason why there is none.
/// </summary>
internal sealed partial class LlmCurator : IDisposable
{
    private readonly RepromptOptions _options;
    private readonly LlmVersion _version;
    private readonly LlmClient _client;
    private readonly LlmPipeline _pipeline;
    private readonly ConcurrencyLimiter _places;
    private readonly ExampleCaptions? _examples;
    private readonly PromptCheck _check;
    private readonly ILogger _logger;

    /// <param name="dataFolder">The folder <c>data/</c>.</param>
    /// <param name="time">Measures time limits, pauses and the open circuit.</param>
    /// <exception cref="ArgumentException">The key cannot stand in a header.</exception>
    /// <exception cref="InvalidDataException">The captions are broken; the message names the file and the line.</exception>
    public LlmCurator(
        KnowledgeBase knowledge, string dataFolder, RepromptOptions options, HttpMessageHandler handler, TimeProvider time, ILogger logger)
    {
        _options = options;
        _version = LlmVersion.Of(options);
        _client = new LlmClient(options, handler);
        _pipeline = new LlmPipeline(options, time, pause => LogOpened(logger, (int)pause.TotalSeconds));
        _places = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = options.LlmMaxConcurrency, QueueLimit = 0 });
        _examples = _version.Exemplifies ? ExampleCaptions.Load(dataFolder, knowledge.Music) : null;
        _check = new PromptCheck(knowledge);
        _logger = logger;
    }

    /// <summary>As it stands in <see cref="Explanation.Curator"/> when the model's text is used.</summary>
    public string Name => $"llm ({_options.LlmModel})";

    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    /// <returns>The model's text, or a short reason without anything of the user's, the model's or the key.</returns>
    /// <exception cref="OperationCanceledException">The caller no longer wants an answer.</exception>
    public async ValueTask<LlmAnswer> WriteAsync(
        PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(understanding, profile, planned, cancellationToken);
        if (answer.Text is { } text && _check.Objection(text, understanding, planned.Plan) is { } objection) answer = new LlmAnswer(null, objection);
        if (answer.Text is null) LogFallback(answer.Reason);
        return answer;
    }

    private async ValueTask<LlmAnswer> AskAsync(
        PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned, CancellationToken cancellationToken)
    {
        using var place = _places.AttemptAcquire();
        if (!place.IsAcquired) return new LlmAnswer(null, LlmFailure.Busy);
        try
        {
            var examples = _examples?.Nearest(understanding, profile, planned.Plan) ?? [];
            var question = new LlmQuestion(_options, understanding, profile, planned, examples);
            var completion = await _pipeline.ExecuteAsync(token => _client.AskAsync(question, token), cancellationToken);
            return LlmAnswer.Read(completion, _version.Reasons);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller has gone; nobody needs the offline text either.
            throw;
        }
        catch (Exception exception)
        {
            // Whatever an answer from outside does to the client, the user gets the offline text. The exception itself is not logged:
            // its message may quote the answer.
            return new LlmAnswer(null, LlmFailure.ReasonOf(exception));
        }
    }

    /// <summary>One line per broken answer; where the model is not even asked, the line about the open circuit has said it.</summary>
    private void LogFallback(string reason)
    {
        if (reason is LlmFailure.LeftAlone or LlmFailure.Busy) LogNotAsked(_logger, reason);
        else LogNotUsed(_logger, _options.LlmModel, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The prompt is written offline; the language model {Model}: {Reason}.")]
    private static partial void LogNotUsed(ILogger logger, string model, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The prompt is written offline; the language model is not asked: {Reason}.")]
    private static partial void LogNotAsked(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model failed repeatedly and is left alone for {Seconds} s.")]
    private static partial void LogOpened(ILogger logger, int seconds);
}

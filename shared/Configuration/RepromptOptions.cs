using System.ComponentModel.DataAnnotations;

namespace AudioReprompt.Configuration;

/// <summary>How a sentence becomes a musical prompt.</summary>
public sealed class RepromptOptions
{
    /// <summary>Folder of the knowledge base; a relative one is below the folder of <c>config.yaml</c>. Default data.</summary>
    [Required]
    public string Data { get; init; } = "data";

    /// <summary>
    /// Whether food that is described and not named is understood by its meaning: <c>required</c> (default) needs the encoder's weights,
    /// which <c>./audioreprompt build</c> installs, and nothing starts without them; <c>off</c> understands words alone.
    /// </summary>
    [AllowedValues("required", "off")]
    public string SentenceEncoder { get; init; } = "required";

    /// <summary>
    /// Who writes the prompt text: the built-in <c>offline</c> curator, a language model (<c>llm</c>), or <c>auto</c> (default): the
    /// language model when <see cref="LlmKey"/> is set. Whatever goes wrong with the model, the offline curator writes instead.
    /// </summary>
    [AllowedValues("auto", "offline", "llm")]
    public string Curator { get; init; } = "auto";

    /// <summary>
    /// What the language model is given. <c>v1</c>: the sentence and the tempo; <c>v2</c> (default): also the taste profile and the
    /// musical plan; <c>v3</c>: the sentence, the tempo and example captions; <c>v4</c>: all of it, and it is asked for its reasoning.
    /// </summary>
    [AllowedValues("v1", "v2", "v3", "v4")]
    public string Version { get; init; } = "v2";

    /// <summary>Base address of an OpenAI-compatible API. Default Moonshot's; empty is the same.</summary>
    [HttpUrl]
    public string LlmUrl { get; init; } = MoonshotUrl;

    /// <summary>The model's name there. Default kimi-k2.6.</summary>
    [Required]
    public string LlmModel { get; init; } = "kimi-k2.6";

    /// <summary>
    /// <c>disabled</c> (default) asks the model, in Moonshot's words, to answer without thinking first: a thinking Kimi takes longer than
    /// <see cref="LlmTimeoutSeconds"/>. <c>default</c> sends nothing of the kind, for APIs that do not know the field.
    /// </summary>
    [AllowedValues("disabled", "default")]
    public string LlmThinking { get; init; } = "disabled";

    /// <summary>Sampling temperature. Default 0.6; a Kimi model takes only its own value, which is this one without thinking.</summary>
    [Range(0.0, 2.0)]
    public double LlmTemperature { get; init; } = 0.6;

    /// <summary>Requests to the model at once; one more is written offline without waiting. Default 8.</summary>
    [Range(1, 1000)]
    public int LlmMaxConcurrency { get; init; } = 8;

    /// <summary>The longest time that a prompt waits for the model, repetitions included, seconds. Default 8.</summary>
    [Range(0.1, 60.0)]
    public double LlmTimeoutSeconds { get; init; } = 8;

    /// <summary>Time limit of one request to the model, seconds. Default 4.</summary>
    [Range(0.1, 60.0)]
    public double LlmAttemptTimeoutSeconds { get; init; } = 4;

    /// <summary>Further tries after 429, 5xx, a broken connection or a time-out. Default 2.</summary>
    [Range(0, 10)]
    public int LlmRetries { get; init; } = 2;

    /// <summary>The language model's key. Environment only.</summary>
    [Secret("MOONSHOT_API_KEY")]
    [NeededInAzure]
    public string LlmKey { get; init; } = "";

    /// <summary>Moonshot's OpenAI-compatible API.</summary>
    public const string MoonshotUrl = "https://api.moonshot.ai/v1";

    /// <summary>Whether a language model is asked.</summary>
    internal bool UsesLlm() => Curator == "llm" || (Curator == "auto" && LlmKey.Trim().Length > 0);
}

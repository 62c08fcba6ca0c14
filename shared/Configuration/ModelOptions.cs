using System.ComponentModel.DataAnnotations;

namespace AudioReprompt.Configuration;

/// <summary>Where model weights come from and lie.</summary>
public sealed class ModelsOptions
{
    /// <summary>
    /// The cache folder, in the layout that the hub's other libraries share; a relative one is below the folder of <c>config.yaml</c>.
    /// Empty (default): <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, else <c>~/.cache/huggingface/hub</c>.
    /// </summary>
    public string Cache { get; init; } = "";

    /// <summary>Address of the hub or of a mirror. Also <c>HF_ENDPOINT</c>. Default Hugging Face's; empty is the same.</summary>
    [EnvironmentName("HF_ENDPOINT")]
    [HttpUrl]
    public string Endpoint { get; init; } = HuggingFaceUrl;

    /// <summary>Access token for private and gated repositories; sent to <see cref="Endpoint"/> and nowhere else. Environment only.</summary>
    [Secret("HF_TOKEN")]
    public string Token { get; init; } = "";

    /// <summary>The Hugging Face hub.</summary>
    public const string HuggingFaceUrl = "https://huggingface.co";
}

/// <summary>MusicGen, where the worker plays with it.</summary>
public sealed class MusicGenOptions
{
    /// <summary>A model's folder, or one that was pulled: <c>org/name</c> or <c>org/name@revision</c>. Empty (default): none.</summary>
    public string Model { get; init; } = "";

    /// <summary>Weights and cache of the decoder. int8: a quarter of the memory, two to three times as fast; int4: less again, and further from the original (<c>bench quality</c>); fp16: for CUDA, which takes it for both. Default int8.</summary>
    [AllowedValues("fp32", "fp16", "int8", "int4")]
    public string Precision { get; init; } = "int8";

    /// <summary>Default auto: CUDA where there is one.</summary>
    [AllowedValues("auto", "cuda", "cpu")]
    public string Device { get; init; } = "auto";

    /// <summary>Threads of the CPU; 0 (default): as many as there are cores. On a machine that others use as well, one is often faster than all.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>Songs that are decoded together, when as many wait. Default 4.</summary>
    [Range(1, 64)]
    public int SongsTogether { get; init; } = 4;

    /// <summary>
    /// Folder for what is built from a checkpoint; a relative one is below the folder of <c>config.yaml</c>. Empty (default):
    /// <c>audioreprompt</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>.
    /// </summary>
    public string Cache { get; init; } = "";
}

/// <summary>CLAP, which says how well a recording goes with a text.</summary>
public sealed class ClapOptions
{
    /// <summary>A model's folder, or one that was pulled: <c>org/name</c> or <c>org/name@revision</c>. Empty (default): none.</summary>
    public string Model { get; init; } = "";

    /// <summary>
    /// How recordings over 10 s are heard. <c>windows</c> (default): all of it, in windows of 10 s whose embeddings are averaged;
    /// <c>rand_trunc</c>: 10 s out of it, as the reference does, at a place drawn from a fixed seed.
    /// </summary>
    [AllowedValues("windows", "rand_trunc")]
    public string LongAudio { get; init; } = "windows";

    /// <summary>Default auto: CUDA where there is one.</summary>
    [AllowedValues("auto", "cuda", "cpu")]
    public string Device { get; init; } = "auto";

    /// <summary>Threads of the CPU; 0 (default): as many as there are cores. On a machine that others use as well, one is often faster than all.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>
    /// Folder for the graphs that are built from a checkpoint; a relative one is below the folder of <c>config.yaml</c>. Empty (default):
    /// <c>audioreprompt</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>.
    /// </summary>
    public string Cache { get; init; } = "";
}

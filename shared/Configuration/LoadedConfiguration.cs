namespace AudioReprompt.Configuration;

/// <summary>Validated options, and where each value came from.</summary>
/// <param name="Settings">Every setting in the order of the options; secrets are masked.</param>
/// <param name="FilePath">Absolute path of the file that was read; null without one.</param>
/// <param name="Folder">Absolute; relative folders start here: the file's folder, or the current one without a file.</param>
public sealed record LoadedConfiguration(
    AudioRepromptOptions Options, IReadOnlyList<EffectiveSetting> Settings, string? FilePath, string Folder)
{
    /// <summary><c>storage.path</c> as an absolute path.</summary>
    public string StorageFolder => Path.GetFullPath(Options.Storage.Path, Folder);

    /// <summary>The built page; may be missing.</summary>
    public string WebFolder => Path.GetFullPath(Path.Combine("web", "dist"), Folder);

    /// <summary><c>reprompt.data</c> as an absolute path.</summary>
    public string DataFolder => Path.GetFullPath(Options.Reprompt.Data, Folder);

    /// <summary><c>scoring.audiobox_model</c> as an absolute path; null without one.</summary>
    public string? AudioboxFolder => Options.Scoring.AudioboxModel.Length == 0 ? null : Path.GetFullPath(Options.Scoring.AudioboxModel, Folder);

    /// <summary><c>models.cache</c> as an absolute path; null where the setting leaves it to the hub's own variables.</summary>
    public string? ModelCacheFolder => Options.Models.Cache.Length == 0 ? null : Path.GetFullPath(Options.Models.Cache, Folder);

    /// <summary><c>musicgen.cache</c> as an absolute path.</summary>
    public string MusicGenCacheFolder => CacheFolder(Options.MusicGen.Cache);

    /// <summary><c>clap.cache</c> as an absolute path.</summary>
    public string ClapCacheFolder => CacheFolder(Options.Clap.Cache);

    /// <summary>Where <c>audioreprompt build</c> prepares the sentence encoder; null where <c>reprompt.sentence_encoder</c> is off.</summary>
    public string? EmbeddingsFolder =>
        Options.Reprompt.SentenceEncoder == "off" ? null : Path.GetFullPath(Path.Combine(".build", "embeddings"), Folder);

    private string CacheFolder(string setting)
    {
        if (setting.Length > 0) return Path.GetFullPath(setting, Folder);
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "audioreprompt");
    }
}

/// <summary>A setting as it is in force.</summary>
/// <param name="KeyPath">Such as <c>api.port</c>.</param>
/// <param name="Value">
/// <see cref="string"/>, <see cref="int"/>, <see cref="double"/>, <see cref="bool"/> or a list of <see cref="string"/>.
/// Of a secret only <see cref="Masked"/> or <see cref="NotSet"/>: the secret itself is in the options alone.
/// </param>
public sealed record EffectiveSetting(string KeyPath, object Value, SettingSource Source, bool IsSecret)
{
    public const string Masked = "********";
    public const string NotSet = "(not set)";
}

public enum SettingOrigin
{
    Default,
    File,
    Environment,
}

/// <summary>Where a value came from.</summary>
/// <param name="Name">The file's or the variable's name; empty for a default.</param>
/// <param name="Line">In the file, from 1; otherwise 0.</param>
public sealed record SettingSource(SettingOrigin Origin, string Name, int Line)
{
    public static SettingSource Default { get; } = new(SettingOrigin.Default, "", 0);

    public override string ToString() => Origin switch
    {
        SettingOrigin.Default => "default",
        SettingOrigin.File => $"{Name}:{Line}",
        _ => Name,
    };
}

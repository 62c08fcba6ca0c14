using System.Collections;

namespace AudioReprompt.Configuration;

/// <summary>
/// Reads <c>config.yaml</c> and the environment into validated options. For each setting the first of these counts:
/// <c>AUDIOREPROMPT__SECTION__KEY</c>, the setting's own variable, the file, the default. What is given must be right even
/// where something else goes before it.
/// </summary>
public static class ConfigurationLoader
{
    /// <summary>The environment variable that names the file.</summary>
    public const string PathVariable = "AUDIOREPROMPT_CONFIG";

    public const string FileName = "config.yaml";

    /// <summary>The file at <paramref name="path"/>, which must exist, and the environment.</summary>
    /// <exception cref="ConfigurationException">With every problem of the file and of the environment.</exception>
    public static LoadedConfiguration Load(string path, IReadOnlyDictionary<string, string> environment) =>
        LoadFile(Path.GetFullPath(path), Directory.GetCurrentDirectory(), environment);

    /// <summary>The file that this process' environment and folders lead to.</summary>
    /// <exception cref="ConfigurationException">With every problem of the file and of the environment.</exception>
    public static LoadedConfiguration LoadDefault() => LoadDefault(ProcessEnvironment());

    /// <summary>
    /// The file that <see cref="PathVariable"/> names; without that, <c>config.yaml</c> in the current folder or the nearest
    /// above it, else in the program's folder or the nearest above; without any, the defaults and the environment.
    /// </summary>
    /// <param name="currentFolder">Default: the process' current directory.</param>
    /// <param name="programFolder">Default: <see cref="AppContext.BaseDirectory"/>.</param>
    /// <exception cref="ConfigurationException">With every problem of the file and of the environment.</exception>
    public static LoadedConfiguration LoadDefault(
        IReadOnlyDictionary<string, string> environment, string? currentFolder = null, string? programFolder = null)
    {
        currentFolder = Path.GetFullPath(currentFolder ?? Directory.GetCurrentDirectory());
        var path = environment.GetValueOrDefault(PathVariable) is { Length: > 0 } named
            ? Path.GetFullPath(named, currentFolder)
            : FindAbove(currentFolder) ?? FindAbove(Path.GetFullPath(programFolder ?? AppContext.BaseDirectory));
        return LoadFile(path, currentFolder, environment);
    }

    /// <summary>This process' environment variables.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");

    private static string? FindAbove(string folder)
    {
        for (var here = new DirectoryInfo(folder); here is not null; here = here.Parent)
        {
            var path = Path.Combine(here.FullName, FileName);
            if (File.Exists(path)) return path;
        }

        return null;
    }

    private static LoadedConfiguration LoadFile(string? path, string currentFolder, IReadOnlyDictionary<string, string> environment)
    {
        var given = new GivenSettings();
        if (path is not null) new FileSettings(NameOf(path, currentFolder), given).Read(path);
        new EnvironmentSettings(environment, given).Read();
        if (given.Problems.Count > 0) throw new ConfigurationException(given.Problems);

        var options = new AudioRepromptOptions();
        var settings = SettingsSection.Root.AllSettings.Select(setting => Apply(setting, given, options)).ToArray();
        return new LoadedConfiguration(options, settings, path, path is null ? currentFolder : Path.GetDirectoryName(path)!);
    }

    private static EffectiveSetting Apply(Setting setting, GivenSettings given, AudioRepromptOptions options)
    {
        var source = SettingSource.Default;
        if (given.TryGet(setting, out var found))
        {
            setting.Write(options, found.Value);
            source = found.Source;
        }

        var value = setting.Read(options);
        if (setting.IsSecret) value = value is "" ? EffectiveSetting.NotSet : EffectiveSetting.Masked;
        return new EffectiveSetting(setting.KeyPath, value, source, setting.IsSecret);
    }

    /// <summary>As an operator would type it: relative to the current folder where it lies below, otherwise the whole path.</summary>
    private static string NameOf(string path, string currentFolder)
    {
        var relative = Path.GetRelativePath(currentFolder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}

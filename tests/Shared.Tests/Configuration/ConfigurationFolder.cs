using AudioReprompt.Configuration;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Configuration;

/// <summary>A folder with a <c>config.yaml</c>, loaded with a few environment variables.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string FilePath => Combine("config.yaml");

    public string Combine(params string[] parts) => _folder.Combine(parts);

    public LoadedConfiguration Load(string yaml, params (string Name, string Value)[] environment)
    {
        File.WriteAllText(FilePath, yaml);
        return ConfigurationLoader.Load(FilePath, Environment(environment));
    }

    /// <summary>The problems, without the folder before the file's name.</summary>
    public string[] Problems(string yaml, params (string Name, string Value)[] environment)
    {
        var error = Assert.Throws<ConfigurationException>(() => Load(yaml, environment));
        return [.. error.Problems.Select(problem => problem.Replace(Path + "/", "", StringComparison.Ordinal))];
    }

    public static Dictionary<string, string> Environment(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => variable.Value);

    public void Dispose() => _folder.Dispose();
}

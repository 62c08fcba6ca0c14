using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.TestSupport;
using YamlDotNet.RepresentationModel;

namespace AudioReprompt.Tests.Configuration;

/// <summary>
/// The repository's <c>config.yaml</c> against the options, both read here by other means than the loader's: the file by
/// YamlDotNet's document model, the options by reflection.
/// </summary>
public sealed class ConfigurationFileTests
{
    private static readonly string FilePath = Path.Combine(Repository.Root, "config.yaml");

    public static TheoryData<string> Sections => [.. typeof(AudioRepromptOptions).GetProperties().Select(section => section.Name)];

    [Fact]
    public void ConfigYaml_Sections_AreThoseOfTheOptions() =>
        Assert.Equal(typeof(AudioRepromptOptions).GetProperties().Select(Key), File_().Children.Keys.Select(key => key.ToString()));

    [Theory]
    [MemberData(nameof(Sections))]
    public void ConfigYaml_Section_HoldsEverySettingWithItsDefaultAndNothingElse(string name)
    {
        var section = typeof(AudioRepromptOptions).GetProperty(name)!;
        var defaults = section.GetValue(new AudioRepromptOptions())!;
        var expected = section.PropertyType.GetProperties()
            .Where(setting => !setting.IsDefined(typeof(SecretAttribute)))
            .ToDictionary(Key, setting => Text(setting.GetValue(defaults)!));

        var actual = ((YamlMappingNode)File_()[Key(section)]).Children
            .ToDictionary(pair => pair.Key.ToString(), pair => Text(pair.Value));

        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void ConfigYaml_CommentOfEachSetting_SaysDefaultAndLimits(string name)
    {
        var section = typeof(AudioRepromptOptions).GetProperty(name)!;
        var lines = File.ReadAllLines(FilePath);
        var start = Array.IndexOf(lines, Key(section) + ":");
        foreach (var setting in section.PropertyType.GetProperties())
        {
            if (setting.GetCustomAttribute<SecretAttribute>() is { } secret)
            {
                Assert.Contains(lines.Skip(start), line => line.StartsWith($"  # {Key(setting)}: secret, {secret.EnvironmentName}.", StringComparison.Ordinal));
                continue;
            }

            var at = Array.FindIndex(lines, start, line => line.StartsWith($"  {Key(setting)}:", StringComparison.Ordinal));
            var comment = lines[at - 1];
            Assert.StartsWith("  # ", comment, StringComparison.Ordinal);
            Assert.Contains("Default ", comment, StringComparison.Ordinal);
            if (Limits(setting) is { } limits) Assert.Contains($"; allowed {limits}.", comment, StringComparison.Ordinal);
            if (setting.GetCustomAttribute<EnvironmentNameAttribute>() is { } variable)
                Assert.Contains($"Also {variable.Name}.", comment, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_ConfigYaml_IsTheDefaultsReadFromTheFile()
    {
        var loaded = ConfigurationLoader.Load(FilePath, ConfigurationFolder.Environment());
        var defaults = ConfigurationLoader.LoadDefault(ConfigurationFolder.Environment(), "/", "/");

        Assert.Equal(defaults.Settings.Select(setting => Text(setting.Value)), loaded.Settings.Select(setting => Text(setting.Value)));
        Assert.All(loaded.Settings, setting =>
            Assert.Equal(setting.IsSecret ? SettingOrigin.Default : SettingOrigin.File, setting.Source.Origin));
    }

    private static YamlMappingNode File_()
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(FilePath);
        stream.Load(reader);
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static string Key(PropertyInfo property) =>
        property.Name is "RunPod" or "MusicGen" ? property.Name.ToLowerInvariant() : JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static string? Limits(PropertyInfo setting)
    {
        if (setting.GetCustomAttribute<RangeAttribute>() is { } range)
            return string.Create(CultureInfo.InvariantCulture, $"{range.Minimum}…{range.Maximum}");
        return setting.GetCustomAttribute<AllowedValuesAttribute>() is { } values ? string.Join(", ", values.Values) : null;
    }

    private static string Text(object value) => value switch
    {
        YamlScalarNode scalar => scalar.Value!,
        bool truth => truth ? "true" : "false",
        string text => text,
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Text))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException(value.GetType().Name),
    };
}

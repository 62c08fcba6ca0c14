using System.Text;

namespace AudioReprompt.Configuration;

/// <summary>Reads the settings in <c>config.yaml</c>.</summary>
/// <param name="name">How messages call the file.</param>
internal sealed class FileSettings(string name, GivenSettings given)
{
    /// <summary>A settings file is a few KiB; another one is something else, given by mistake.</summary>
    private const int MaximumBytes = 256 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Read(string path)
    {
        if (Text(path) is not { } text) return;
        var (document, problems) = StrictYaml.Read(text);
        foreach (var problem in problems) given.Refuse($"{name}:{problem.Line}:{problem.Column}", problem.Text);
        switch (document)
        {
            case null or YamlRefused or YamlScalar { IsNull: true }:
                break;
            case YamlMap map:
                ReadSection(map, SettingsSection.Root);
                break;
            default:
                var kind = document is YamlList ? "a list" : "one text";
                Refuse(document, $"the file is {kind}; allowed: sections such as api, each with its keys");
                break;
        }
    }

    private string? Text(string path)
    {
        try
        {
            if (Directory.Exists(path)) given.Refuse(name, "is a folder; allowed: a YAML file");
            else if (!File.Exists(path)) given.Refuse(name, "this configuration file does not exist");
            else if (new FileInfo(path).Length > MaximumBytes) given.Refuse(name, $"is larger than {MaximumBytes / 1024} KiB");
            else return StrictUtf8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            given.Refuse(name, "is not UTF-8 text");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Removed or locked just now, or not ours to read: for the operator it is one more problem of the configuration.
            given.Refuse(name, $"cannot be read: {error.Message}");
        }

        return null;
    }

    private void ReadSection(YamlMap map, SettingsSection section)
    {
        foreach (var (key, value) in map.Entries)
        {
            if (section.Sections.FirstOrDefault(child => child.Key == key.Text) is { } child) ReadChild(value, child);
            else if (section.Settings.FirstOrDefault(setting => setting.Key == key.Text) is { } setting) ReadSetting(key, value, setting);
            else Refuse(key, Unknown(key.Text, section));
        }
    }

    private void ReadChild(YamlPiece value, SettingsSection section)
    {
        switch (value)
        {
            case YamlMap map:
                ReadSection(map, section);
                break;
            case YamlRefused or YamlScalar { IsNull: true }:
                // All its keys are commented out.
                break;
            default:
                // The value is not shown: it may be a secret in the wrong place.
                var kind = value is YamlList ? "a list" : "a single value";
                Refuse(value, $"{section.KeyPath} is {kind}; allowed: a section with keys such as {section.Settings[0].Key}");
                break;
        }
    }

    private void ReadSetting(YamlScalar key, YamlPiece value, Setting setting)
    {
        if (setting.IsSecret)
        {
            Refuse(key, $"{setting.KeyPath} is a secret, which no file may hold; allowed: the environment variable {setting.OwnVariable}");
            return;
        }

        if (value is YamlRefused) return;
        try
        {
            given.Set(setting, SettingValue.FromFile(setting, value), new SettingSource(SettingOrigin.File, name, value.Line));
        }
        catch (RefusedValueException refused)
        {
            Refuse(value, refused.Message);
        }
    }

    private static string Unknown(string key, SettingsSection section)
    {
        var keyPath = section.KeyPath.Length == 0 ? key : $"{section.KeyPath}.{key}";
        var known = SettingsSection.Root.AllSettings.Select(setting => setting.KeyPath)
            .Concat(SettingsSection.Root.AllSections.Select(child => child.KeyPath));
        if (Suggestion.Nearest(keyPath, known) is { } nearest) return $"{Shown.Bare(keyPath)} is not a setting; did you mean {nearest}?";
        var allowed = section.Settings.Select(setting => setting.Key).Concat(section.Sections.Select(child => child.Key));
        return $"{Shown.Bare(keyPath)} is not a setting; allowed here: {string.Join(", ", allowed)}";
    }

    private void Refuse(YamlPiece piece, string problem) => given.Refuse($"{name}:{piece.Line}:{piece.Column}", problem);
}

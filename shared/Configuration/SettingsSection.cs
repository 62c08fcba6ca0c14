using System.Reflection;
using System.Text.Json;

namespace AudioReprompt.Configuration;

/// <summary>A section of the options with its settings and sections, read from the types once.</summary>
internal sealed class SettingsSection
{
    private SettingsSection(Type type, IReadOnlyList<PropertyInfo> way, IReadOnlyList<string> keys)
    {
        Key = keys.Count == 0 ? "" : keys[^1];
        KeyPath = string.Join('.', keys);
        var settings = new List<Setting>();
        var sections = new List<SettingsSection>();
        foreach (var property in type.GetProperties().OrderBy(property => property.MetadataToken))
        {
            IReadOnlyList<PropertyInfo> wayThere = [.. way, property];
            IReadOnlyList<string> keysThere = [.. keys, KeyOf(property)];
            var kind = property.PropertyType;
            if (SettingTypes.Contains(kind)) settings.Add(new Setting(wayThere, keysThere));
            else if (kind.Assembly == type.Assembly) sections.Add(new SettingsSection(kind, wayThere, keysThere));
            else throw new NotSupportedException($"{type.Name}.{property.Name}: a setting cannot be a {kind}.");
        }

        Settings = settings;
        Sections = sections;
    }

    /// <summary>What a property of the options may be; any other class of ours is a section.</summary>
    public static IReadOnlyList<Type> SettingTypes { get; } =
        [typeof(string), typeof(int), typeof(double), typeof(bool), typeof(IReadOnlyList<string>)];

    /// <summary>The whole schema.</summary>
    public static SettingsSection Root { get; } = new(typeof(AudioRepromptOptions), [], []);

    /// <summary>Empty for <see cref="Root"/>.</summary>
    public string Key { get; }

    /// <summary>Empty for <see cref="Root"/>.</summary>
    public string KeyPath { get; }

    public IReadOnlyList<Setting> Settings { get; }

    public IReadOnlyList<SettingsSection> Sections { get; }

    /// <summary>The settings of this section and of all below it.</summary>
    public IEnumerable<Setting> AllSettings => Settings.Concat(Sections.SelectMany(section => section.AllSettings));

    /// <summary>The sections below this one, at any depth.</summary>
    public IEnumerable<SettingsSection> AllSections => Sections.Concat(Sections.SelectMany(section => section.AllSections));

    private static string KeyOf(PropertyInfo property) =>
        property.GetCustomAttribute<ConfigurationKeyAttribute>()?.Key ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
}

using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace AudioReprompt.Configuration;

/// <summary>One setting: where it stands in the options, what it is called outside, and what it may be.</summary>
internal sealed class Setting
{
    /// <summary>From the root of the options to the setting itself.</summary>
    private readonly IReadOnlyList<PropertyInfo> _way;

    public Setting(IReadOnlyList<PropertyInfo> way, IReadOnlyList<string> keys)
    {
        _way = way;
        var property = way[^1];
        Key = keys[^1];
        KeyPath = string.Join('.', keys);
        Variable = EnvironmentSettings.Prefix + string.Join("__", keys).ToUpperInvariant();
        Type = property.PropertyType;
        IsNeededInAzure = property.IsDefined(typeof(NeededInAzureAttribute));
        IsSecret = property.IsDefined(typeof(SecretAttribute));
        OwnVariable = property.GetCustomAttribute<SecretAttribute>()?.EnvironmentName ??
            property.GetCustomAttribute<EnvironmentNameAttribute>()?.Name;
        Limits = [.. property.GetCustomAttributes<ValidationAttribute>()];
    }

    /// <summary>Such as <c>port</c>.</summary>
    public string Key { get; }

    /// <summary>Such as <c>api.port</c>.</summary>
    public string KeyPath { get; }

    /// <summary>Such as <c>AUDIOREPROMPT__API__PORT</c>.</summary>
    public string Variable { get; }

    /// <summary>The variable of <see cref="EnvironmentNameAttribute"/> or <see cref="SecretAttribute"/>.</summary>
    public string? OwnVariable { get; }

    public bool IsSecret { get; }

    /// <summary>Marked with <see cref="NeededInAzureAttribute"/>.</summary>
    public bool IsNeededInAzure { get; }

    /// <summary>One of <see cref="SettingsSection.SettingTypes"/>.</summary>
    public Type Type { get; }

    public IReadOnlyList<ValidationAttribute> Limits { get; }

    public object Read(AudioRepromptOptions options) => At(options, _way);

    /// <summary>Only while the options are being loaded: to everybody else they are read-only.</summary>
    public void Write(AudioRepromptOptions options, object value) => _way[^1].SetValue(At(options, _way.SkipLast(1)), value);

    private static object At(AudioRepromptOptions options, IEnumerable<PropertyInfo> way) =>
        way.Aggregate((object)options, (holder, property) => property.GetValue(holder)!);
}

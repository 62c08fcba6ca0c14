using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace AudioReprompt.Configuration;

/// <summary>The setting can also be given by this environment variable; <c>AUDIOREPROMPT__SECTION__KEY</c> goes before it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnvironmentNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The setting comes from this environment variable only, never from a file, and is masked wherever it is shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute(string environmentName) : Attribute
{
    public string EnvironmentName { get; } = environmentName;
}

/// <summary>The deployment in Azure gives this setting; <c>infra/modules/front-door.bicep</c> sets these and no other.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NeededInAzureAttribute : Attribute;

/// <summary>The key of a property whose name in snake_case would read badly: <c>RunPod</c> is <c>runpod</c>, not <c>run_pod</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigurationKeyAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}

/// <summary>
/// Empty, or an absolute http or https address. One with a user name or password is refused: a secret does not belong where
/// it is shown.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpUrlAttribute() : ValidationAttribute("an absolute http or https address without user name and password, or empty")
{
    public override bool IsValid(object? value) =>
        value is "" ||
        (value is string text && !text.Any(char.IsWhiteSpace) && Uri.TryCreate(text, UriKind.Absolute, out var address) &&
         (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0);
}

/// <summary>Empty, or a text of at least so many characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinimumLengthAttribute(int length) : ValidationAttribute($"at least {length} characters, or empty")
{
    public int Length { get; } = length;

    public override bool IsValid(object? value) => value is string text && (text.Length == 0 || text.Length >= Length);
}

/// <summary>What a name in Azure Storage may begin with: containers and queues have lower case letters, digits and single hyphens.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class AzureNamePrefixAttribute()
    : ValidationAttribute("lower case letters, digits and single hyphens, a letter or digit first, at most 40, or empty")
{
    public override bool IsValid(object? value) => value is string text && (text.Length == 0 || (text.Length <= 40 && Pattern().IsMatch(text)));

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*-?$")]
    private static partial Regex Pattern();
}

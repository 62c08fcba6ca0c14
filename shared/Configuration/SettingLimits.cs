using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace AudioReprompt.Configuration;

/// <summary>The type and the attributes of a setting: whether they take a value, and in words.</summary>
internal static class SettingLimits
{
    /// <exception cref="RefusedValueException">The value has the right type but is not allowed.</exception>
    public static object Within(Setting setting, object value) => setting.Limits.All(limit => Accepts(limit, value))
        ? value
        : throw OutOfLimits(setting, Found(setting, value));

    /// <summary>The value has the right type but is not allowed.</summary>
    public static RefusedValueException OutOfLimits(Setting setting, string found) => new(setting.KeyPath, found, LimitsOf(setting));

    /// <summary>The value has the wrong type.</summary>
    public static RefusedValueException WrongType(Setting setting, string found)
    {
        var limits = LimitsOf(setting);
        if (limits.Length == 0) return new(setting.KeyPath, found, TypeOf(setting));
        return new(setting.KeyPath, found, setting.Type == typeof(string) ? limits : $"{TypeOf(setting)}, {limits}");
    }

    /// <summary>What a message says of a value; never a secret, nor a password that came in an address.</summary>
    public static string Found(Setting setting, object value) => value switch
    {
        _ when setting.IsSecret => "not acceptable (not shown)",
        "" => "empty",
        string text when text.Contains('@') && setting.Limits.Any(limit => limit is HttpUrlAttribute) => "an address with @ (not shown)",
        string text => Shown.Short(text),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Shown.Bare($"{value}"),
    };

    /// <summary><see cref="RangeAttribute.IsValid"/> would round a double to the type of its limits before it compares.</summary>
    private static bool Accepts(ValidationAttribute limit, object value) => limit is RangeAttribute range
        ? Number(range.Minimum) <= Number(value) && Number(value) <= Number(range.Maximum)
        : limit.IsValid(value);

    private static double Number(object number) => Convert.ToDouble(number, CultureInfo.InvariantCulture);

    private static string TypeOf(Setting setting) => setting.Type switch
    {
        var type when type == typeof(int) => "a whole number",
        var type when type == typeof(double) => "a number",
        var type when type == typeof(bool) => "true or false",
        var type when type == typeof(string) => "text",
        _ => "a list such as [a, b], or []",
    };

    private static string LimitsOf(Setting setting) => string.Join(", ", setting.Limits.Select(limit => limit switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum}…{range.Maximum}"),
        AllowedValuesAttribute values => string.Join(", ", values.Values),
        RequiredAttribute => "text that is not empty",
        _ => limit.FormatErrorMessage(setting.KeyPath),
    }));
}

/// <summary>A value that a setting does not take. The message has the key's path, what was found and what is allowed.</summary>
internal sealed class RefusedValueException(string keyPath, string found, string allowed)
    : Exception($"{keyPath} is {found}; allowed: {allowed}");

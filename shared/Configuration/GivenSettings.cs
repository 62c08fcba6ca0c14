namespace AudioReprompt.Configuration;

/// <summary>What was given so far, the last word on each setting, and everything that is wrong with it.</summary>
internal sealed class GivenSettings
{
    private readonly Dictionary<Setting, (object Value, SettingSource Source)> _values = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Set(Setting setting, object value, SettingSource source) => _values[setting] = (value, source);

    public void Refuse(string place, string problem) => _problems.Add($"{place}: {problem}");

    public bool TryGet(Setting setting, out (object Value, SettingSource Source) given) => _values.TryGetValue(setting, out given);
}

namespace AudioReprompt.Configuration;

/// <summary>Reads the settings in environment variables.</summary>
internal sealed class EnvironmentSettings(IReadOnlyDictionary<string, string> environment, GivenSettings given)
{
    public const string Prefix = "AUDIOREPROMPT__";

    /// <summary>What Azure leaves in the place of a secret that it could not fetch.</summary>
    private const string VaultReference = "@Microsoft.KeyVault(";

    /// <summary>Variables of a setting's own first, so that <c>AUDIOREPROMPT__SECTION__KEY</c> has the last word.</summary>
    public void Read()
    {
        foreach (var setting in SettingsSection.Root.AllSettings)
        {
            // Empty is not set: that is what "${RUNPOD_API_URL:-}" in a compose file makes of a variable that nobody gave.
            if (setting.OwnVariable is { } name && environment.GetValueOrDefault(name) is { Length: > 0 } text) Read(setting, name, text);
        }

        var byVariable = SettingsSection.Root.AllSettings.ToDictionary(setting => setting.Variable);
        var variables = environment.Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .GroupBy(variable => variable.Key.ToUpperInvariant());
        foreach (var group in variables)
        {
            var (name, text) = group.First();
            if (group.Count() > 1) Refuse(name, $"is set {group.Count()} times, in upper and lower case; allowed: once");
            else if (byVariable.TryGetValue(group.Key, out var setting)) Read(setting, name, text);
            else Refuse(name, Unknown(group.Key));
        }
    }

    private void Read(Setting setting, string name, string text)
    {
        if (setting.IsSecret && text.StartsWith(VaultReference, StringComparison.OrdinalIgnoreCase))
        {
            // Anybody can guess this text: as a key it would let everybody in, or sign addresses for everybody.
            Refuse(name, "is a reference to a Key Vault that could not be resolved; check that the secret is there and that the identity may read it");
            return;
        }

        try
        {
            given.Set(setting, SettingValue.FromText(setting, text), new SettingSource(SettingOrigin.Environment, name, 0));
        }
        catch (RefusedValueException refused)
        {
            Refuse(name, refused.Message);
        }
    }

    private static string Unknown(string variable)
    {
        var keyPath = variable[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal);
        var settings = SettingsSection.Root.AllSettings.ToDictionary(setting => setting.KeyPath);
        return Suggestion.Nearest(keyPath, settings.Keys) is { } nearest
            ? $"is not a setting; did you mean {settings[nearest].Variable}?"
            : $"is not a setting; allowed: {Prefix}SECTION__KEY with the keys of config.yaml";
    }

    private void Refuse(string name, string problem) => given.Refuse(Shown.Bare(name), problem);
}

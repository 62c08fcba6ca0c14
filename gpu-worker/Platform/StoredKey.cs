namespace AudioReprompt.Worker.Platform;

/// <summary>The key that RunPod's own tools keep in <c>~/.runpod/config.toml</c>.</summary>
internal static class StoredKey
{
    /// <returns><c>api_key</c> of the table <c>[default]</c>; null where there is none, or the file cannot be read.</returns>
    public static string? Find(string homeFolder)
    {
        try
        {
            var file = Path.Combine(homeFolder, ".runpod", "config.toml");
            return homeFolder.Length > 0 && File.Exists(file) ? Read(File.ReadLines(file)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file is an extra; the environment has a key of its own.
            return null;
        }
    }

    /// <summary>Of TOML only what the tools write: tables, and a quoted string.</summary>
    internal static string? Read(IEnumerable<string> lines)
    {
        var inDefault = false;
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('[')) inDefault = line == "[default]";
            if (!inDefault || line.Split('=', 2) is not [var name, var value] || name.Trim() != "api_key") continue;
            value = value.Trim();
            if (value.Length < 2 || value[0] is not ('"' or '\'')) return null;
            var end = value.IndexOf(value[0], 1);
            return end > 0 ? value[1..end] : null;
        }

        return null;
    }
}

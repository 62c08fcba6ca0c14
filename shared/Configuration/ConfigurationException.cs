namespace AudioReprompt.Configuration;

/// <summary>
/// The configuration cannot be used. Names every problem at once, so that one start shows all there is to mend;
/// no secret stands in it.
/// </summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems) : Exception(Lines(problems))
{
    /// <summary>A file of nonsense would fill the screen; <see cref="Problems"/> has them all.</summary>
    private const int MaximumLines = 100;

    /// <summary>Each names the place (<c>file:line:column</c> or the variable), the key's path, what was found, what is allowed.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;

    private static string Lines(IReadOnlyList<string> problems) => problems.Count <= MaximumLines
        ? string.Join('\n', problems)
        : string.Join('\n', problems.Take(MaximumLines).Append($"… and {problems.Count - MaximumLines} more problems"));
}

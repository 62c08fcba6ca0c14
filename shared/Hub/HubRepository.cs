using System.Text.RegularExpressions;
using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>A model repository of the hub, <c>org/name</c>.</summary>
public sealed partial record HubRepository
{
    private HubRepository(string organization, string name) => (Organization, Name) = (organization, name);

    public string Organization { get; }

    public string Name { get; }

    /// <summary>The folder's name in a cache: <c>models--org--name</c> (huggingface.co/docs/hub/local-cache).</summary>
    public string FolderName => $"models--{Organization}--{Name}";

    /// <returns>null when the text is no repository's name.</returns>
    public static HubRepository? TryParse(string text) =>
        text.Split('/') is [var organization, var name] && IsName(organization) && IsName(name) ? new HubRepository(organization, name) : null;

    /// <returns>null for any other folder than a model repository's.</returns>
    public static HubRepository? OfFolder(string folderName) =>
        folderName.Split("--") is ["models", var organization, var name] ? TryParse($"{organization}/{name}") : null;

    public override string ToString() => $"{Organization}/{Name}";

    /// <summary>The hub's own rule; "--" would be ambiguous in a cache, and ".." would leave it.</summary>
    private static bool IsName(string text) =>
        NamePattern().IsMatch(text) && !text.Contains("--", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal);

    [GeneratedRegex(@"^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?\z")]
    private static partial Regex NamePattern();
}

/// <summary>A repository at a revision, <c>org/name[@revision]</c>.</summary>
/// <param name="Revision">A branch, a tag or a commit.</param>
public sealed partial record HubReference(HubRepository Repository, string Revision)
{
    public const string DefaultRevision = "main";

    /// <summary>Whether it is a commit in full, which never comes to mean another one.</summary>
    public bool IsCommit => HubHash.IsGitHash(Revision);

    /// <exception cref="ArgumentException">The message says what is allowed.</exception>
    public static HubReference Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var repository = HubRepository.TryParse(at < 0 ? text : text[..at])
            ?? throw new ArgumentException($"{Shown.Short(text)} is no model of the hub; allowed: org/name or org/name@revision, such as facebook/musicgen-small.");
        var revision = at < 0 ? DefaultRevision : text[(at + 1)..];
        return IsRevision(revision)
            ? new HubReference(repository, revision)
            : throw new ArgumentException($"{Shown.Short(revision)} is no revision; allowed: a branch, a tag or a commit, such as main.");
    }

    public override string ToString() => Revision == DefaultRevision ? $"{Repository}" : $"{Repository}@{Revision}";

    /// <summary>Stricter than git: it becomes a file name in the cache.</summary>
    internal static bool IsRevision(string text) =>
        RevisionPattern().IsMatch(text) && text.Split('/').All(part => part.Length > 0 && part[0] != '.' && !part.Contains("..", StringComparison.Ordinal));

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}\z")]
    private static partial Regex RevisionPattern();
}

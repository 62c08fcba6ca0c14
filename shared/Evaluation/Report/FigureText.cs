namespace AudioReprompt.Evaluation.Report;

/// <summary>The words of a figure.</summary>
/// <param name="Id">Tells the figures of a page apart: a letter, then letters, digits and hyphens.</param>
/// <param name="Title">What a screen reader calls it.</param>
/// <param name="ValueLabel">The name of the axis of values, with its unit where there is one.</param>
public sealed record FigureText(string Id, string Title, string ValueLabel)
{
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public string Id { get; } =
        Id.Length > 0 && char.IsAsciiLetter(Id[0]) && Id.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
            ? Id
            : throw new ArgumentException($"\"{Id}\" is no id: a letter, then letters, digits and hyphens.", nameof(Id));
}

/// <summary>The scores of a group in both conditions.</summary>
/// <param name="Raw">[n].</param>
/// <param name="Refined">[n], in the order of <paramref name="Raw"/>.</param>
/// <param name="Note">Stands above the group, such as its p; empty for none.</param>
public sealed record PairedScores(string Name, IReadOnlyList<double> Raw, IReadOnlyList<double> Refined, string Note)
{
    /// <exception cref="ArgumentException">There is not a refined score for every raw one.</exception>
    public IReadOnlyList<double> Refined { get; } =
        Refined.Count == Raw.Count
            ? Refined
            : throw new ArgumentException($"{Name} has {Raw.Count} raw and {Refined.Count} refined scores; they are paired.", nameof(Refined));

    internal IEnumerable<double> Both => Raw.Concat(Refined);
}

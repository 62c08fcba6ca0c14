namespace AudioReprompt.Reprompt.Knowledge;

internal enum DimensionKind
{
    Taste,
    Texture,
    Temperature,
    Emotion,
}

/// <summary>How much of a taste or texture.</summary>
internal sealed record DimensionWeight(Dimension Dimension, double Weight);

/// <summary>Something that can be tasted or felt and that music can follow; see <c>data/dimensions.psv</c>.</summary>
/// <param name="Index">Its place in the file.</param>
internal sealed record Dimension(int Index, string Key, DimensionKind Kind, string English, string Spanish)
{
    public string In(Language language) => language == Language.English ? English : Spanish;

    /// <summary>The dimensions by key, in the file's order; those that the code asks for by name must be there.</summary>
    public static Dictionary<string, Dimension> Load(string folder)
    {
        const string File = "dimensions.psv";
        var dimensions = new Dictionary<string, Dimension>();
        foreach (var row in Table.Read(folder, File, "key", "kind", "english", "spanish"))
        {
            var dimension = new Dimension(
                dimensions.Count, row.Text("key"), row.Choice<DimensionKind>("kind"), row.Text("english"), row.Text("spanish"));
            if (!dimensions.TryAdd(dimension.Key, dimension)) throw row.Error($"lists \"{dimension.Key}\" a second time.");
        }

        foreach (var pole in (string[])["hot", "cold", "pleasant", "unpleasant", "excited", "calm"])
        {
            if (!dimensions.ContainsKey(pole)) throw new InvalidDataException($"{File} lacks a line for \"{pole}\".");
        }

        return dimensions;
    }
}

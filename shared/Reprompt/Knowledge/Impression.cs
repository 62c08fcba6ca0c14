namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>What a food leaves behind besides its taste.</summary>
internal enum ImpressionKind
{
    /// <summary>What it smells and tastes of beyond the tastes: smoky, floral.</summary>
    Flavour,

    /// <summary>What the body does: the mouth waters, the tongue burns.</summary>
    Body,

    /// <summary>The feeling that most people tie to it.</summary>
    Emotion,

    /// <summary>What it looks like.</summary>
    Colour,
}

/// <summary>A flavour, bodily response, emotion or colour that foods may name; see <c>data/impressions.psv</c>.</summary>
/// <param name="Valence">−1 unpleasant … 1 pleasant; 0 for what is no emotion.</param>
/// <param name="Arousal">−1 calm … 1 excited; 0 for what is no emotion.</param>
internal sealed record Impression(ImpressionKind Kind, string English, string Spanish, double Valence, double Arousal)
{
    /// <summary>The impressions by their English name, in the file's order.</summary>
    /// <exception cref="InvalidDataException">The file is missing or broken.</exception>
    public static Dictionary<string, Impression> Load(string folder)
    {
        var impressions = new Dictionary<string, Impression>();
        foreach (var row in Table.Read(folder, "impressions.psv", "kind", "english", "spanish", "valence", "arousal"))
        {
            var kind = row.Choice<ImpressionKind>("kind");
            var impression = new Impression(kind, row.Text("english"), row.Text("spanish"), Feeling(row, kind, "valence"), Feeling(row, kind, "arousal"));
            if (!impressions.TryAdd(impression.English, impression)) throw row.Error($"lists \"{impression.English}\" a second time.");
        }

        return impressions;
    }

    private static double Feeling(Row row, ImpressionKind kind, string column)
    {
        if (kind == ImpressionKind.Emotion) return row.Number(column, -1, 1);
        return row.Optional(column).Length == 0 ? 0 : throw row.Error($"has a {column}; only an emotion has one.");
    }
}

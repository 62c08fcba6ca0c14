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
internal sealed record Impression(ImpressionKind Kind, string English, string Spanish)
{
    /// <summary>The impressions by their English name, in the file's order.</summary>
    /// <exception cref="InvalidDataException">The file is missing or broken.</exception>
    public static Dictionary<string, Impression> Load(string folder)
    {
        var impressions = new Dictionary<string, Impression>();
        foreach (var row in Table.Read(folder, "impressions.psv", "kind", "english", "spanish"))
        {
            var impression = new Impression(row.Choice<ImpressionKind>("kind"), row.Text("english"), row.Text("spanish"));
            if (!impressions.TryAdd(impression.English, impression)) throw row.Error($"lists \"{impression.English}\" a second time.");
        }

        return impressions;
    }
}

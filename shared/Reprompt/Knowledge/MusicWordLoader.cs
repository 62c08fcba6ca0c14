using System.Globalization;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>Reads <c>data/music-words.psv</c>.</summary>
internal static class MusicWordLoader
{
    private const string File = "music-words.psv";

    /// <exception cref="InvalidDataException">The file is missing or broken; names the line and what is allowed.</exception>
    public static List<MusicWord> Load(
        string folder, IReadOnlyDictionary<string, Dimension> dimensions, IReadOnlyDictionary<string, Publication> sources)
    {
        var (english, spanish) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        return Table.Read(folder, File, "english", "spanish", "kind", "when", "directions", "source").ConvertAll(row =>
        {
            if (!english.Add(row.Text("english"))) throw row.Error($"lists \"{row.Text("english")}\" a second time.");
            if (!spanish.Add(row.Text("spanish"))) throw row.Error($"lists \"{row.Text("spanish")}\" a second time.");
            var word = new MusicWord(
                row.Text("english"),
                row.Text("spanish"),
                row.Choice<MusicWordKind>("kind"),
                [.. row.List("when").Select(condition => Read(row, condition))],
                row.Weights("directions", dimensions, 0, 1),
                row.Choice("source", sources));
            return word.Kind != MusicWordKind.Instrument || word.When.Any(condition => condition is PlanCondition.Plays)
                ? word
                : throw row.Error("is an instrument; its column when must say of which instrument of the plan, as in \"instruments piano\".");
        });
    }

    private static PlanCondition Read(Row row, string condition) => condition.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["mode", var modes] => new PlanCondition.InMode(NamesOf<Mode>(row, modes)),
        ["instruments", var instruments] => new PlanCondition.Plays(NamesOf<Instrument>(row, instruments)),
        [var parameter, "<", var limit] => new PlanCondition.Below(ParameterOf(row, parameter), LimitOf(row, parameter, limit)),
        [var parameter, ">", var limit] => new PlanCondition.Above(ParameterOf(row, parameter), LimitOf(row, parameter, limit)),
        _ => throw row.Error(
            $"has \"{condition}\" in when; allowed are \"PARAMETER < NUMBER\", \"PARAMETER > NUMBER\", \"mode A/B\" and \"instruments A/B\"."),
    };

    private static List<T> NamesOf<T>(Row row, string names)
        where T : struct, Enum =>
        [.. names.Split('/').Select(name => Array.IndexOf(Names<T>.All, name) is >= 0 and var place
            ? (T)Enum.ToObject(typeof(T), place)
            : throw row.Error($"has \"{name}\" in when; allowed are {string.Join(", ", Names<T>.All)}."))];

    private static PlanParameter ParameterOf(Row row, string name)
    {
        var numbers = Names<PlanParameter>.All.AsSpan(..((int)PlanParameter.Density + 1));
        var place = numbers.IndexOf(name);
        return place >= 0 ? (PlanParameter)place : throw row.Error($"has \"{name}\" in when; allowed are {string.Join(", ", numbers!)}.");
    }

    private static double LimitOf(Row row, string parameter, string text)
    {
        var most = parameter == "tempo_bpm" ? 200 : 1;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit) && limit <= most
            ? limit
            : throw row.Error($"has \"{text}\" in when; allowed is a number from 0 to {most}.");
    }
}

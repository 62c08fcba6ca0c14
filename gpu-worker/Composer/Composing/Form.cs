namespace AudioReprompt.Composing;

internal enum SectionKind
{
    Introduction,
    Theme,
    Contrast,
    Reprise,
}

/// <summary>A run of bars with one musical thought.</summary>
/// <param name="Round">How often the theme has gone round before, from 0; later rounds are varied more.</param>
internal readonly record struct Section(SectionKind Kind, int StartBar, int Bars, int Round);

/// <summary>
/// How the time is divided: introduction, theme, contrast, reprise (A B A′, gone round as often as there is time for) and a closing chord
/// that rings to the end. The tempo is never bent to fit, so the close is what takes up the odd seconds.
/// </summary>
/// <param name="TotalBeats">The whole duration.</param>
/// <param name="CloseBeat">Where the closing chord is struck; a bar line, except in pieces shorter than a bar.</param>
/// <param name="Sections">Together they fill the bars before the close without a gap.</param>
internal sealed record Form(int BeatsPerBar, double TotalBeats, double CloseBeat, IReadOnlyList<Section> Sections)
{
    private const int PhraseBars = 4;

    /// <summary>Bars before the close; the last one may be cut short by it.</summary>
    public int Bars => (int)Math.Ceiling(CloseBeat / BeatsPerBar);

    public double CloseBeats => TotalBeats - CloseBeat;

    public static Form Divide(double durationSeconds, double tempoBpm, ref SeededRandom random)
    {
        var beatsPerBar = tempoBpm < 150 && random.Chance(0.3) ? 3 : 4;
        var totalBeats = durationSeconds * tempoBpm / 60;
        var closeSeconds = Math.Min(2.5, 0.3 * durationSeconds);
        var lastChance = totalBeats - (closeSeconds * tempoBpm / 60);
        var bars = (int)(lastChance / beatsPerBar);
        if (bars > 0) return new Form(beatsPerBar, totalBeats, bars * beatsPerBar, DivideBars(bars));

        var closeBeat = Math.Floor(lastChance);
        return new Form(beatsPerBar, totalBeats, closeBeat, closeBeat > 0 ? [new Section(SectionKind.Theme, 0, 1, 0)] : []);
    }

    private static List<Section> DivideBars(int bars)
    {
        if (bars < 4) return [new Section(SectionKind.Theme, 0, bars, 0)];
        return bars < (3 * PhraseBars) + 1 ? ThreeParts(bars) : Phrases(bars);
    }

    /// <summary>Too short for phrases of four bars: theme and reprise of equal length, the contrast takes what is left.</summary>
    private static List<Section> ThreeParts(int bars)
    {
        var introduction = bars >= 7 ? 1 : 0;
        var body = bars - introduction;
        var theme = (body + 2) / 3;
        var contrast = body - (2 * theme);
        var sections = new List<Section>();
        if (introduction > 0) sections.Add(new Section(SectionKind.Introduction, 0, introduction, 0));
        sections.Add(new Section(SectionKind.Theme, introduction, theme, 0));
        if (contrast > 0) sections.Add(new Section(SectionKind.Contrast, introduction + theme, contrast, 0));
        sections.Add(new Section(SectionKind.Reprise, introduction + theme + contrast, theme, 0));
        return sections;
    }

    private static List<Section> Phrases(int bars)
    {
        var phrases = (bars - 1) / PhraseBars;
        var introduction = bars - (phrases * PhraseBars);
        var sections = new List<Section> { new(SectionKind.Introduction, 0, introduction, 0) };
        for (var phrase = 0; phrase < phrases; phrase++)
        {
            var kind = phrase == phrases - 1 ? SectionKind.Reprise : Kind(phrase, phrases);
            sections.Add(new Section(kind, introduction + (phrase * PhraseBars), PhraseBars, phrase / 4));
        }

        return sections;
    }

    /// <summary>A A B A, round after round; A B A where there are three phrases in all.</summary>
    private static SectionKind Kind(int phrase, int phrases) => (phrases == 3 ? phrase * 2 : phrase % 4) switch
    {
        2 => SectionKind.Contrast,
        3 => SectionKind.Reprise,
        _ => SectionKind.Theme,
    };
}

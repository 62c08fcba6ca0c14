using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

internal enum SectionKind
{
    Introduction,

    /// <summary>A.</summary>
    Theme,

    /// <summary>B.</summary>
    Contrast,

    /// <summary>C: the other contrast of a rondo.</summary>
    Episode,

    /// <summary>A′.</summary>
    Reprise,
}

/// <summary>A run of bars with one musical thought.</summary>
/// <param name="Round">How often the theme has gone round before, from 0; later rounds are varied more.</param>
internal readonly record struct Section(SectionKind Kind, int StartBar, int Bars, int Round);

/// <summary>
/// How the time is divided: introduction, sections in the order of the plan's form, and a closing chord that rings to the end. The tempo
/// is never bent to fit, so the close is what takes up the odd seconds.
/// </summary>
/// <param name="TotalBeats">The whole duration.</param>
/// <param name="CloseBeat">Where the closing chord is struck; a bar line or, in pieces of a few bars, the middle of a bar.</param>
/// <param name="Sections">Together they fill the bars before the close without a gap.</param>
internal sealed record Form(MusicalForm Shape, int BeatsPerBar, double TotalBeats, double CloseBeat, IReadOnlyList<Section> Sections)
{
    private const int PhraseBars = 4;

    /// <summary>Bars before the close; the last one may be cut short by it.</summary>
    public int Bars => (int)Math.Ceiling(CloseBeat / BeatsPerBar);

    public double CloseBeats => TotalBeats - CloseBeat;

    /// <param name="shape">Strophic: A A′ A′ …; ternary: A A B A′, round after round; rondo: A B A C, round after round; each ends with A′.</param>
    public static Form Divide(MusicalForm shape, double durationSeconds, double tempoBpm, ref SeededRandom random)
    {
        var beatsPerBar = tempoBpm < 150 && random.Chance(0.3) ? 3 : 4;
        var totalBeats = durationSeconds * tempoBpm / 60;
        var closeSeconds = Math.Min(2.5, 0.18 * durationSeconds);
        var lastChance = totalBeats - (closeSeconds * tempoBpm / 60);
        var bars = (int)(lastChance / beatsPerBar);
        if (bars > 0)
        {
            // A short piece may close in the middle of a four-beat bar, or a third of it would be its close.
            var halfBar = beatsPerBar == 4 && bars <= PhraseBars && lastChance - (bars * beatsPerBar) >= 2 ? 2 : 0;
            return new Form(shape, beatsPerBar, totalBeats, (bars * beatsPerBar) + halfBar, DivideBars(shape, bars + (halfBar > 0 ? 1 : 0)));
        }

        var closeBeat = Math.Floor(lastChance);
        return new Form(shape, beatsPerBar, totalBeats, closeBeat, closeBeat > 0 ? [new Section(SectionKind.Theme, 0, 1, 0)] : []);
    }

    private static List<Section> DivideBars(MusicalForm shape, int bars)
    {
        if (bars == 1) return [new Section(SectionKind.Theme, 0, 1, 0)];
        return bars < (3 * PhraseBars) + 1 ? ThreeParts(shape, bars) : Phrases(shape, bars);
    }

    /// <summary>Too short for phrases of four bars: theme and reprise of equal length, the part between takes what is left (in two bars nothing).</summary>
    private static List<Section> ThreeParts(MusicalForm shape, int bars)
    {
        var introduction = bars >= 7 ? 1 : 0;
        var body = bars - introduction;
        var theme = Math.Max(1, body / 3);
        var between = body - (2 * theme);
        var sections = new List<Section>();
        if (introduction > 0) sections.Add(new Section(SectionKind.Introduction, 0, introduction, 0));
        sections.Add(new Section(SectionKind.Theme, introduction, theme, 0));
        var kind = shape == MusicalForm.Strophic ? SectionKind.Theme : SectionKind.Contrast;
        if (between > 0) sections.Add(new Section(kind, introduction + theme, between, kind == SectionKind.Theme ? 1 : 0));
        sections.Add(new Section(SectionKind.Reprise, introduction + theme + between, theme, 0));
        return sections;
    }

    private static List<Section> Phrases(MusicalForm shape, int bars)
    {
        var phrases = (bars - 1) / PhraseBars;
        var introduction = bars - (phrases * PhraseBars);
        var sections = new List<Section> { new(SectionKind.Introduction, 0, introduction, 0) };
        for (var phrase = 0; phrase < phrases; phrase++)
        {
            var kind = phrase == phrases - 1 ? SectionKind.Reprise : Kind(shape, phrase, phrases);
            var round = shape == MusicalForm.Strophic ? phrase : phrase / 4;
            sections.Add(new Section(kind, introduction + (phrase * PhraseBars), PhraseBars, round));
        }

        return sections;
    }

    /// <summary>Of any phrase but the last; with three phrases in all, whatever has a contrast is A B A.</summary>
    private static SectionKind Kind(MusicalForm shape, int phrase, int phrases) => (shape, phrase % 4) switch
    {
        (MusicalForm.Strophic, _) => SectionKind.Theme,
        (MusicalForm.Rondo, 1) => SectionKind.Contrast,
        (MusicalForm.Rondo, 3) => SectionKind.Episode,
        (MusicalForm.Ternary, 1) when phrases == 3 => SectionKind.Contrast,
        (MusicalForm.Ternary, 2) => SectionKind.Contrast,
        (MusicalForm.Ternary, 3) => SectionKind.Reprise,
        _ => SectionKind.Theme,
    };
}

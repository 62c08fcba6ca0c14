using System.Globalization;
using System.Net;
using System.Text;
using AudioReprompt.Audio.Features;
using AudioReprompt.Composing;
using AudioReprompt.Music;
using AudioReprompt.Scoring.Acoustic;

namespace AudioReprompt.Cli.Evaluation.Composer;

/// <summary>The report as one page that works from disk: no script, no request, light and dark.</summary>
internal static class ComposerPage
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8888;--ink:#1b1b1f;--paper:#fff;--soft:#f3f3f6}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e6ea;--paper:#17171b;--soft:#222228}}
        body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
        table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid var(--line);padding:.2rem .55rem;text-align:right}
        td:first-child,th:first-child{text-align:left}th{background:var(--soft)}.missed{font-weight:700;color:#c2410c}
        figure{margin:1.5rem 0}svg{width:100%;height:auto;background:#0d0d12;border-radius:4px}figcaption{margin-bottom:.4rem}
        """;

    public static string Write(ComposerReport report)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>")
            .Append("<title>The composer, heard by a machine</title><style>").Append(Style).Append("</style></head><body>\n")
            .Append("<h1>The composer, heard by a machine</h1>\n")
            .Append(CultureInfo.InvariantCulture, $"<p>{report.Options.Seeds} seeds of {TasteSet.All.Count} tastes, {report.Options.Seconds:0.#} s each. The listener knows the published directions alone; features are taken from the audio.</p>\n");
        Table(page, ["what", "measured", "goal", "verdict"], report.Goals.Select(goal => (string[])[goal.What, goal.Measured, goal.GoalText, goal.Verdict]));
        page.Append("<h2>What was heard of the four basic tastes</h2>\n");
        Confusion(page, report.BasicConfusion, TasteSet.Basic);
        page.Append("<h2>What was heard of ten</h2>\n");
        Confusion(page, report.Confusion, TasteSet.Judged);
        page.Append("<h2>Mean z by feature</h2>\n");
        Table(page, ["", .. PublishedDirections.Features.Keys], report.MeanZ.Select(row =>
            (string[])[row.Key, .. PublishedDirections.Features.Keys.Select(feature => row.Value[feature].ToString("0.00", CultureInfo.InvariantCulture))]));
        page.Append("<h2>What the listener knows</h2>\n");
        Table(page, ["taste", "feature", "direction", "finding", "source"], PublishedDirections.All.Select(direction =>
            (string[])[direction.Taste, direction.Feature, direction.Sign > 0 ? "more" : "less", direction.Finding, direction.Source]));
        page.Append("<h2>One piece of each taste</h2>\n<p>Spectrogram (0 to 8 kHz, 70 dB) with onsets, and the score as a piano roll, a colour for each instrument.</p>\n");
        foreach (var piece in report.Renderings.Where(rendering => rendering.Seed == 1)) Figure(page, piece, report.Options.Seconds);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Confusion(StringBuilder page, IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> confusion, IReadOnlyList<string> among) =>
        Table(page, ["", .. among], confusion.Select(row =>
            (string[])[row.Key, .. among.Select(heard => row.Value[heard] == 0 ? "" : row.Value[heard].ToString(CultureInfo.InvariantCulture))]));

    private static void Table(StringBuilder page, IReadOnlyList<string> head, IEnumerable<string[]> rows)
    {
        page.Append("<table><tr>").AppendJoin("", head.Select(cell => $"<th>{WebUtility.HtmlEncode(cell)}</th>")).Append("</tr>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>")
                .AppendJoin("", row.Select(cell => cell == "missed" ? "<td class=\"missed\">missed</td>" : $"<td>{WebUtility.HtmlEncode(cell)}</td>"))
                .Append("</tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void Figure(StringBuilder page, Rendering piece, double seconds)
    {
        var audio = new ComposerEngine()
            .GenerateAsync(new MusicRequest(piece.Taste, piece.Plan, seconds, piece.Seed, new SamplingOptions()), null, CancellationToken.None)
            .GetAwaiter().GetResult();
        var mono = Spectrogram.Mono(audio.Samples, audio.Channels);
        page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption><b>{piece.Taste}</b>, seed {piece.Seed}: {piece.Plan.TempoBpm:0} BPM, {piece.Plan.Mode.ToString().ToLowerInvariant()}, ")
            .AppendJoin(", ", piece.Plan.Instruments.Select(instrument => instrument.ToString()))
            .Append(CultureInfo.InvariantCulture, $"; pitch {piece.Features.MedianPitch:0}, {piece.Features.OnsetsPerSecond:0.0} onsets/s, sounding {piece.Features.Sounding:0.00}, roughness {piece.Features.Roughness:0.000}, {piece.Features.Lufs:0.0} LUFS</figcaption>\n")
            .Append(ComposerFigure.Svg(AcousticFeatures.SpectrogramOf(mono, audio.SampleRate), Onsets.Of(mono, audio.SampleRate), piece.Score, seconds))
            .Append("</figure>\n");
    }
}

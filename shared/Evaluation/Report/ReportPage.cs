using System.Text;

namespace AudioReprompt.Evaluation.Report;

/// <summary>A report as one page that works from disk: no script, no request, light and dark; well-formed XML.</summary>
public sealed class ReportPage
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#d5d8de;--ink:#1b1b1f;--soft-ink:#5b6069;--paper:#fff;--soft:#f4f5f7}
        @media(prefers-color-scheme:dark){:root{--line:#3a3d45;--ink:#e6e6ea;--soft-ink:#a3a8b1;--paper:#17171b;--soft:#222228}}
        body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
        h1{font-size:1.7rem;line-height:1.25;margin-bottom:.3rem}h2{font-size:1.2rem;margin:2.2rem 0 .4rem}p{max-width:60rem}.lead{font-size:1.1rem}.note{color:var(--soft-ink);font-size:.9rem;margin:.3rem 0}
        .table{overflow-x:auto;margin:.8rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
        td,th{border-bottom:1px solid var(--line);padding:.28rem .6rem;text-align:right;white-space:nowrap;vertical-align:top}
        th{background:var(--soft);font-weight:600;white-space:normal;vertical-align:bottom}.word{text-align:left}td.word{white-space:normal;max-width:38rem;overflow-wrap:break-word}
        figure{margin:1.2rem 0;overflow-x:auto}figcaption{color:var(--soft-ink);font-size:.9rem;margin-top:.3rem}
        .pair{border:1px solid var(--line);border-radius:6px;padding:.6rem .9rem;margin:.7rem 0}.pair p{margin:.2rem 0}
        .players{display:flex;flex-wrap:wrap;gap:.8rem;margin-top:.4rem}.players>div{flex:1 1 20rem}audio{width:100%;height:36px}
        """;

    private readonly StringBuilder _body = new();
    private readonly string _title;

    public ReportPage(string title)
    {
        _title = ReportTable.Escaped(title);
        _body.Append("<h1>").Append(_title).Append("</h1>\n");
    }

    public ReportPage Lead(string text)
    {
        _body.Append("<p class=\"lead\">").Append(ReportTable.Escaped(text)).Append("</p>\n");
        return this;
    }

    public ReportPage Text(string text)
    {
        _body.Append("<p>").Append(ReportTable.Escaped(text)).Append("</p>\n");
        return this;
    }

    public ReportPage Heading(string text)
    {
        _body.Append("<h2>").Append(ReportTable.Escaped(text)).Append("</h2>\n");
        return this;
    }

    public ReportPage Table(ReportTable table)
    {
        _body.Append(table.Html());
        return this;
    }

    /// <param name="svg">An <c>svg</c> element.</param>
    public ReportPage Figure(string svg, string caption)
    {
        _body.Append("<figure>\n").Append(svg).Append("<figcaption>").Append(ReportTable.Escaped(caption)).Append("</figcaption></figure>\n");
        return this;
    }

    /// <param name="html">Escaped already.</param>
    internal ReportPage Html(string html)
    {
        _body.Append(html);
        return this;
    }

    public string Finish() => new StringBuilder()
        .Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>")
        .Append("<title>").Append(_title).Append("</title><style>").Append(Style).Append("</style></head><body>\n")
        .Append(_body)
        .Append("</body></html>\n")
        .ToString();
}

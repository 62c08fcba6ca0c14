using System.Globalization;
using System.Text;
using AudioReprompt.Audio.Features;
using AudioReprompt.Composing.Scores;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation.Composer;

/// <summary>Spectrogram with onsets above, piano roll below, on one time axis, as SVG.</summary>
internal static class ComposerFigure
{
    private const int Width = 1_000;
    private const int SpectrogramHeight = 160;
    private const int RollHeight = 200;
    private const double HighestHz = 8_000;
    private const int Rows = 40;
    private const double RangeDecibels = 70;
    private const int LowestPitch = 28;
    private const int HighestPitch = 100;

    private static readonly string[] Colours = ["#60a5fa", "#f472b6", "#facc15", "#4ade80", "#c084fc", "#fb923c", "#2dd4bf", "#f87171", "#a3a3a3", "#e5e7eb"];

    public static string Svg(Spectrogram spectrogram, Onsets onsets, ComposedScore score, double seconds)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {SpectrogramHeight + RollHeight + 8}\" role=\"img\" aria-label=\"spectrogram, onsets and piano roll\">\n");
        Spectra(svg, spectrogram, seconds);
        foreach (var onset in onsets.Times)
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{X(onset, seconds):0.#} {SpectrogramHeight - 10}v10\" stroke=\"#fff\" stroke-width=\"1\"/>");
        Roll(svg, score, seconds);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A rectangle for each run of equal shade: a page of eleven pictures stays small.</summary>
    private static void Spectra(StringBuilder svg, Spectrogram spectrogram, double seconds)
    {
        var loudest = 1e-20;
        for (var window = 0; window < spectrogram.Windows; window++)
        {
            foreach (var power in spectrogram[window]) loudest = Math.Max(loudest, power);
        }

        var binsPerRow = HighestHz / Rows / spectrogram.BinHz;
        var windowWidth = Width * spectrogram.HopSeconds / seconds;
        for (var row = 0; row < Rows; row++)
        {
            var y = SpectrogramHeight - ((row + 1) * SpectrogramHeight / (double)Rows);
            for (var window = 0; window < spectrogram.Windows;)
            {
                var shade = ShadeOf(spectrogram[window], row, binsPerRow, loudest);
                var from = window;
                while (window < spectrogram.Windows && ShadeOf(spectrogram[window], row, binsPerRow, loudest) == shade) window++;
                if (shade == 0) continue;
                var x = from * windowWidth;
                var width = Math.Min(Width - x, (window - from) * windowWidth);
                if (width <= 0) continue;
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{SpectrogramHeight / (double)Rows:0.#}\" fill=\"hsl({250 - (shade * 20)} 80% {shade * 7}%)\"/>");
            }
        }
    }

    /// <summary>0 silent … 10 loudest.</summary>
    private static int ShadeOf(ReadOnlySpan<float> power, int row, double binsPerRow, double loudest)
    {
        var largest = 0f;
        for (var bin = (int)(row * binsPerRow); bin < (int)((row + 1) * binsPerRow) && bin < power.Length; bin++) largest = Math.Max(largest, power[bin]);
        var decibels = 10 * Math.Log10((largest / loudest) + 1e-12);
        return (int)Math.Round(Math.Clamp(10 * (1 + (decibels / RangeDecibels)), 0, 10));
    }

    private static void Roll(StringBuilder svg, ComposedScore score, double seconds)
    {
        var top = SpectrogramHeight + 8;
        foreach (var section in score.Sections)
        {
            var x = X(section.StartSeconds, seconds);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:0.#} {top}v{RollHeight}\" stroke=\"#fff6\" stroke-dasharray=\"3 3\"/><text x=\"{x + 3:0.#}\" y=\"{top + 12}\" fill=\"#fffa\" font-size=\"11\">{section.Name}</text>");
        }

        foreach (var note in score.Notes)
        {
            var (x, end) = (X(note.StartSeconds, seconds), X(Math.Min(seconds, note.StartSeconds + note.DurationSeconds), seconds));
            var height = RollHeight / (double)(HighestPitch - LowestPitch);
            var y = top + RollHeight - ((Math.Clamp(note.Pitch, LowestPitch, HighestPitch) - LowestPitch + 1) * height);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{Math.Max(1.5, end - x):0.#}\" height=\"{height:0.#}\" fill=\"{ColourOf(note.Instrument)}\" opacity=\"{0.4 + (0.6 * note.Velocity):0.##}\"/>");
        }
    }

    private static double X(double at, double seconds) => Width * at / seconds;

    private static string ColourOf(Instrument instrument) => Colours[(int)instrument % Colours.Length];
}

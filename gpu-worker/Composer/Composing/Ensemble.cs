using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>Who plays what. Every instrument of the plan has a part; one that stands alone plays all the parts it can.</summary>
/// <param name="Melody">The first pitched instrument; none in a piece for percussion.</param>
/// <param name="Accompaniment">The second, else the first again.</param>
/// <param name="Counter">The third; none in a smaller ensemble.</param>
/// <param name="Harmony">The others, in order.</param>
/// <param name="Bass">The bass, unless it plays the melody; else whoever accompanies.</param>
/// <param name="Percussion">Hand drums, shaker.</param>
internal sealed record Ensemble(
    Instrument? Melody,
    Instrument? Accompaniment,
    Instrument? Counter,
    IReadOnlyList<Instrument> Harmony,
    Instrument? Bass,
    IReadOnlyList<Instrument> Percussion)
{
    public static Ensemble Of(IReadOnlyList<Instrument> instruments)
    {
        var percussion = instruments.Where(IsPercussion).ToList();
        var pitched = instruments.Except(percussion).ToList();
        if (pitched.Count == 0) return new Ensemble(null, null, null, [], null, percussion);

        var melody = pitched[0];
        var others = pitched.Skip(1).Where(instrument => instrument != Instrument.Bass).ToList();
        var accompaniment = others.Count > 0 ? others[0] : melody;
        var bass = pitched.Contains(Instrument.Bass) && melody != Instrument.Bass ? Instrument.Bass : accompaniment;
        return new Ensemble(melody, accompaniment, others.Count > 1 ? others[1] : null, [.. others.Skip(2)], bass, percussion);
    }

    public static bool IsPercussion(Instrument instrument) => instrument is Instrument.HandDrums or Instrument.Shaker;

    /// <summary>Whether a note lasts as long as the player wants, unlike one that is struck or plucked and dies away.</summary>
    public static bool Sustains(Instrument instrument) =>
        instrument is Instrument.BowedStrings or Instrument.Flute or Instrument.Brass or Instrument.Pad;

    /// <returns>
    /// The pitch, moved by octaves until the instrument can play it. The ranges are those of the family: a flute includes the
    /// alto.
    /// </returns>
    public static int Fit(Instrument instrument, int pitch)
    {
        var (lowest, highest) = instrument switch
        {
            Instrument.Piano => (24, 104),
            Instrument.Marimba => (40, 96),
            Instrument.PluckedStrings => (33, 93),
            Instrument.BowedStrings => (30, 98),
            Instrument.Flute => (53, 98),
            Instrument.Brass => (31, 86),
            Instrument.Pad => (30, 92),
            Instrument.Bass => (26, 62),
            _ => (0, 127),
        };
        while (pitch < lowest) pitch += 12;
        while (pitch > highest) pitch -= 12;
        return pitch;
    }
}

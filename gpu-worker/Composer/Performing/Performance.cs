using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Performing;

/// <summary>A note as it is played.</summary>
/// <param name="StartSeconds">From the beginning of the audio.</param>
/// <param name="GateSeconds">How long the key is down or the bow on the string; what rings on after it is the instrument's.</param>
/// <param name="Pitch">MIDI note number, or a key of the drum map.</param>
/// <param name="Velocity">0…1: how hard it is played, which is also how bright it sounds.</param>
/// <param name="Gain">Amplitude in the mix.</param>
/// <param name="Pan">−1 left … 1 right.</param>
internal readonly record struct PlayedNote(
    Instrument Instrument, double StartSeconds, double GateSeconds, int Pitch, double Velocity, double Gain, double Pan);

/// <summary>
/// Turns a score into playing: beats into seconds, articulation into sounding length, accents and dynamics into velocity, with the small
/// deviations of human players. The beat itself stays exact.
/// </summary>
internal static class Performance
{
    /// <summary>The first note waits this long, so that its attack is not in the fade-in.</summary>
    public const double LeadInSeconds = 0.012;

    /// <summary>
    /// Largest deviation from the beat; ensembles stay within about 30 ms of each other (Rasch 1979), this is far inside.
    /// </summary>
    private const double TimingSeconds = 0.007;

    private const int Draw = 100;

    /// <returns>One note for each of the score's, in its order.</returns>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    public static IReadOnlyList<PlayedNote> Play(Score score, MusicalPlan plan, long seed, CancellationToken cancellationToken)
    {
        var random = new SeededRandom(seed, Draw);
        var secondsPerBeat = 60 / score.TempoBpm;
        var rank = plan.Instruments.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var played = new List<PlayedNote>(score.Notes.Count);
        foreach (var note in score.Notes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var deviation = random.NextDeviation() * TimingSeconds * (note.Role == Role.Percussion ? 0.5 : 1);
            var start = Math.Max(0, LeadInSeconds + (note.StartBeat * secondsPerBeat) + (note.StartBeat > 0 ? deviation : 0));
            var closing = note.StartBeat >= score.Form.CloseBeat;
            var gate = Gate(note, plan, note.DurationBeats * secondsPerBeat, closing);
            var accent = Math.Clamp(note.Accent * (1 + (0.08 * random.NextDeviation())), 0, 1);
            var velocity = accent * PortableMath.Lerp(0.4, 1, plan.Dynamics);
            var gain = Math.Sqrt(velocity) * velocity * Balance(note, plan) *
                PortableMath.Pow(0.92, rank[note.Instrument]) * PortableMath.FromDecibels(Trim(note.Instrument));
            played.Add(new PlayedNote(note.Instrument, start, gate, note.Pitch, velocity, gain, Pan(note)));
        }

        return played;
    }

    /// <summary>
    /// Legato 1.04 of the written length, staccato 0.12; short of true staccato a long note is not cut by a share of its length but by a
    /// breath. Where a string or bar would ring on by itself, legato lets it (as with the pedal down). The closing chord always rings.
    /// </summary>
    private static double Gate(Note note, MusicalPlan plan, double writtenSeconds, bool closing)
    {
        if (closing) return writtenSeconds;
        var longestPause = 0.08 + (3 * Math.Max(0, plan.Articulation - 0.45));
        var gate = writtenSeconds - Math.Min(writtenSeconds * (1 - PortableMath.Lerp(1.04, 0.12, plan.Articulation)), longestPause);
        return Ensemble.Sustains(note.Instrument) ? gate : gate + (0.35 * Math.Max(0, 0.7 - plan.Articulation));
    }

    /// <summary>
    /// The melody leads by some 6 dB; chords that are held at length weigh more than broken ones, so they stand further back. The bass is the
    /// stronger the lower the piece.
    /// </summary>
    private static double Balance(Note note, MusicalPlan plan) => note.Role switch
    {
        Role.Melody => 1,
        Role.Bass => (Ensemble.Sustains(note.Instrument) ? 0.5 : 0.75) * PortableMath.Lerp(1.3, 0.5, plan.Register),
        Role.Accompaniment => Ensemble.Sustains(note.Instrument) ? 0.34 : 0.45,
        Role.Counter => Ensemble.Sustains(note.Instrument) ? 0.5 : 0.6,
        Role.Harmony => Ensemble.Sustains(note.Instrument) ? 0.22 : 0.38,
        _ => 0.6,
    };

    /// <summary>What brings half a second of each voice to the same RMS, measured in the middle register, decibels.</summary>
    private static double Trim(Instrument instrument) => instrument switch
    {
        Instrument.Piano => 6,
        Instrument.PluckedStrings => 6.5,
        Instrument.BowedStrings or Instrument.Pad or Instrument.HandDrums or Instrument.Shaker => -1,
        Instrument.Flute => -1.5,
        Instrument.Bass => 1.5,
        _ => 0,
    };

    /// <summary>Where the players sit, and a little of low left, high right as at a keyboard.</summary>
    private static double Pan(Note note)
    {
        var seat = note.Instrument switch
        {
            Instrument.Piano => -0.1,
            Instrument.Marimba => 0.3,
            Instrument.PluckedStrings => -0.35,
            Instrument.BowedStrings => 0.25,
            Instrument.Flute => 0.15,
            Instrument.Brass => -0.25,
            Instrument.HandDrums => 0.2,
            Instrument.Shaker => -0.4,
            _ => 0,
        };
        return note.Role is Role.Percussion or Role.Bass ? seat : Math.Clamp(seat + ((note.Pitch - 64) * 0.008), -0.7, 0.7);
    }
}

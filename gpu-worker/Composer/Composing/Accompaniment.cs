using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>
/// Chords under the melody: held or repeated by instruments that sustain, broken into a figure by those that die away. The figure goes
/// with the articulation (legato: rolling, staccato: struck) and changes for the contrast.
/// </summary>
internal sealed class Accompaniment
{
    private const int AllVoices = -1;
    private const int UpperVoices = -2;

    /// <summary>A listener calls it silence after that long; also the longest that a struck note carries, seconds.</summary>
    private const double LongestPauseSeconds = 1.2;

    /// <summary>Voices by turn, from the lowest; one figure per line.</summary>
    private static readonly int[][] Rolling = [[0, 1, 2], [0, 1, 2, 1], [0, 2, 1, 2], [0, 2, 3, 1], [0, 1, 2, 3]];
    private static readonly int[][] Struck =
        [[0, UpperVoices], [AllVoices], [0, UpperVoices, UpperVoices], [0, UpperVoices, 1, UpperVoices]];

    private readonly MusicalPlan _plan;
    private readonly Form _form;
    private readonly IReadOnlyList<int[]> _voicings;
    private readonly Instrument _instrument;
    private readonly double _gridBeats;
    private readonly int[] _theme;
    private readonly int[] _contrast;
    private readonly int[] _episode;

    /// <param name="voicings">MIDI note numbers per bar, and those of the close.</param>
    public Accompaniment(MusicalPlan plan, Form form, IReadOnlyList<int[]> voicings, Instrument instrument, ref SeededRandom random)
    {
        (_plan, _form, _voicings, _instrument) = (plan, form, voicings, instrument);
        _gridBeats = GridBeats(plan);
        _theme = Figure(ref random);
        _contrast = Figure(ref random);
        _episode = Figure(ref random);
    }

    public IEnumerable<Note> Write()
    {
        var notes = new List<Note>();
        foreach (var section in _form.Sections)
        {
            for (var bar = section.StartBar; bar < section.StartBar + section.Bars; bar++) WriteBar(notes, section, bar);
        }

        WriteClose(notes);
        return notes;
    }

    private bool Holds => Ensemble.Sustains(_instrument) && _plan.Articulation < 0.6;

    /// <summary>
    /// Two beats to a quarter of one by density, at most eight onsets a second, and never so slow that a struck note has died before
    /// the next. The values are ours.
    /// </summary>
    private static double GridBeats(MusicalPlan plan)
    {
        var beatSeconds = 60 / plan.TempoBpm;
        var grid = plan.Density switch { < 0.2 => 2, < 0.45 => 1, < 0.85 => 0.5, _ => 0.25 };
        while (grid * beatSeconds < 0.125) grid *= 2;
        while (grid * beatSeconds > LongestPauseSeconds) grid /= 2;
        return grid;
    }

    private int[] Figure(ref SeededRandom random) =>
        random.Pick(Ensemble.Sustains(_instrument) || random.Chance(_plan.Articulation) ? Struck : Rolling);

    private void WriteBar(List<Note> notes, Section section, int bar)
    {
        var start = bar * _form.BeatsPerBar;
        var voices = _voicings[bar];
        if (Holds)
        {
            var share = _plan.Density > 0.65 && _form.BeatsPerBar == 4 ? 2 : _form.BeatsPerBar;
            for (var beat = 0; beat < _form.BeatsPerBar; beat += share) Add(notes, voices, AllVoices, start + beat, share, 0.66);
            return;
        }

        var figure = section.Kind switch { SectionKind.Contrast => _contrast, SectionKind.Episode => _episode, _ => _theme };
        var turn = 0;
        for (double beat = 0; beat < _form.BeatsPerBar; beat += _gridBeats, turn++)
        {
            var accent = beat == 0 ? 0.75 : beat == Math.Floor(beat) ? 0.66 : 0.58;
            Add(notes, voices, figure[turn % figure.Length], start + beat, _gridBeats, accent);
        }
    }

    /// <summary>The chord once, rolled upward where it is struck, and then its tones singly while it dies away.</summary>
    private void WriteClose(List<Note> notes)
    {
        var voices = _voicings[^1];
        if (Ensemble.Sustains(_instrument))
        {
            Add(notes, voices, AllVoices, _form.CloseBeat, _form.CloseBeats, 0.66);
            return;
        }

        for (var voice = 0; voice < voices.Length; voice++)
        {
            Add(notes, voices, voice, _form.CloseBeat + (voice * 0.125 * _plan.TempoBpm / 100), _form.CloseBeats, 0.7);
        }

        var secondsPerBeat = 60 / _plan.TempoBpm;
        var step = secondsPerBeat > LongestPauseSeconds / 2 ? 1 : 2;
        for (var echo = 1; (_form.CloseBeats - (echo * step)) * secondsPerBeat > 1.2; echo++)
        {
            Add(notes, voices, echo % voices.Length, _form.CloseBeat + (echo * step), _form.CloseBeats, 0.6 - Math.Min(0.2, echo * 0.04));
        }
    }

    private void Add(List<Note> notes, int[] voices, int which, double start, double duration, double accent)
    {
        duration = Math.Min(duration, (start < _form.CloseBeat ? _form.CloseBeat : _form.TotalBeats) - start);
        if (duration <= 0) return;
        var (first, last) = which switch
        {
            AllVoices => (0, voices.Length - 1),
            UpperVoices => (Math.Min(1, voices.Length - 1), voices.Length - 1),
            _ => (which % voices.Length, which % voices.Length),
        };
        for (var voice = first; voice <= last; voice++)
        {
            var pitch = Ensemble.Fit(_instrument, voices[voice]);
            notes.Add(new Note(_instrument, Role.Accompaniment, start, duration, pitch, accent));
        }
    }
}

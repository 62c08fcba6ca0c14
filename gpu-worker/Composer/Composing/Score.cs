using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>What a part does in the piece.</summary>
internal enum Role
{
    Melody,
    Accompaniment,
    Counter,
    Harmony,
    Bass,
    Percussion,
}

/// <summary>A written note: exact, on the beat grid, before any player has touched it.</summary>
/// <param name="Instrument">Who plays it.</param>
/// <param name="Role">What it is part of.</param>
/// <param name="StartBeat">Beats from the beginning of the piece, from 0.</param>
/// <param name="DurationBeats">Written length; how much of it sounds is the player's articulation.</param>
/// <param name="Pitch">MIDI note number, 69 = A4; for percussion the key of General MIDI's drum map, see <see cref="Percussion"/>.</param>
/// <param name="Accent">0…1, 0.7 = neither weak nor stressed.</param>
internal readonly record struct Note(
    Instrument Instrument, Role Role, double StartBeat, double DurationBeats, int Pitch, double Accent);

/// <summary>A piece on paper, apart from any sound.</summary>
/// <param name="TempoBpm">Beats per minute, constant.</param>
/// <param name="Scale">The key.</param>
/// <param name="Form">Bars and sections.</param>
/// <param name="Chords">One per bar of <see cref="Form.Bars"/>.</param>
/// <param name="Notes">By start, then as written.</param>
internal sealed record Score(double TempoBpm, Scale Scale, Form Form, IReadOnlyList<Chord> Chords, IReadOnlyList<Note> Notes);

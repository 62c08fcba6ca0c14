namespace AudioReprompt.Composing.Synthesis;

/// <summary>What the plan says about sound, shared by all voices of a piece.</summary>
/// <param name="Brightness">0 dark … 1 bright.</param>
/// <param name="Articulation">0 legato: soft attacks, long releases … 1 staccato.</param>
/// <param name="Register">0 low … 1 high; tunes the drums.</param>
internal readonly record struct Timbre(double Brightness, double Articulation, double Register);

/// <summary>One note to synthesise.</summary>
/// <param name="Pitch">MIDI note number or drum key.</param>
/// <param name="Velocity">0…1.</param>
/// <param name="GateSeconds">Until the note is let go.</param>
/// <param name="NoiseSeed">For the noise and the phases of this note alone, so that the order of rendering does not matter.</param>
internal readonly record struct Tone(int Pitch, double Velocity, double GateSeconds, long NoiseSeed)
{
    public double Hz => PortableMath.PitchToHz(Pitch);
}

/// <summary>A synthesised instrument. An instance belongs to one piece and one thread.</summary>
internal interface IVoice
{
    /// <summary>Renders a note, mono, at about 0.25 RMS where it is loudest and with silence at its end.</summary>
    /// <param name="tone">What to play.</param>
    /// <param name="output">Overwritten as far as the note lasts; where it is too short for the note, the note is cut.</param>
    /// <returns>Frames written.</returns>
    int Render(in Tone tone, Span<float> output);
}

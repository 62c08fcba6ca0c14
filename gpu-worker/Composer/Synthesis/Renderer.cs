using AudioReprompt.Composing.Performing;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Synthesis;

/// <summary>Plays the notes one by one into a stereo mix, then adds the room and masters it. Belongs to one piece and one thread.</summary>
internal sealed class Renderer(MusicalPlan plan, long seed)
{
    /// <summary>Longer than any note: the closing chord of the slowest piece with its tail.</summary>
    private const int LongestNoteFrames = 14 * AudioFormat.SampleRate;

    // Shares of the progress, about as the time goes.
    private const double NotesShare = 0.8;
    private const double ReverbShare = 0.12;
    private const double ShapingShare = 0.05;

    private readonly Timbre _timbre = new(plan.Brightness, plan.Articulation, plan.Register);
    private readonly Dictionary<Instrument, IVoice> _voices = [];
    private readonly float[] _note = new float[LongestNoteFrames];

    /// <param name="notes">In any order; that of the list is the order in which they are summed.</param>
    /// <param name="frames">Length of the piece.</param>
    /// <returns>Interleaved stereo.</returns>
    public float[] Render(IReadOnlyList<PlayedNote> notes, int frames, Action<double> progress, CancellationToken cancellationToken)
    {
        var mix = new float[frames * AudioFormat.Channels];
        for (var index = 0; index < notes.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddNote(mix, notes[index], index);
            progress(NotesShare * (index + 1) / notes.Count);
        }

        var reverb = new Reverb(plan.Reverberance, plan.Brightness);
        InStretches(mix, NotesShare, ReverbShare, (stretch, _) => reverb.Process(stretch), progress, cancellationToken);
        var mastering = new Mastering(plan, frames);
        InStretches(mix, NotesShare + ReverbShare, ShapingShare, mastering.Shape, progress, cancellationToken);
        var gains = mastering.Gains(mix, cancellationToken);
        var done = NotesShare + ReverbShare + ShapingShare;
        InStretches(mix, done, 1 - done, (stretch, firstFrame) => mastering.Apply(stretch, firstFrame, gains), progress, cancellationToken);
        return mix;
    }

    private delegate void Pass(Span<float> stretch, int firstFrame);

    private static void InStretches(
        float[] mix, double progressFrom, double progressShare, Pass pass, Action<double> progress, CancellationToken cancellationToken)
    {
        const int Stretch = Mastering.StretchFrames * AudioFormat.Channels;
        for (var start = 0; start < mix.Length; start += Stretch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stretch = mix.AsSpan(start, Math.Min(Stretch, mix.Length - start));
            pass(stretch, start / AudioFormat.Channels);
            progress(progressFrom + (progressShare * (start + stretch.Length) / mix.Length));
        }
    }

    private void AddNote(float[] mix, in PlayedNote note, int index)
    {
        var start = (int)(note.StartSeconds * AudioFormat.SampleRate) * AudioFormat.Channels;
        if (start >= mix.Length) return;
        var room = Math.Min(_note.Length, (mix.Length - start) / AudioFormat.Channels);
        var noiseSeed = seed ^ ((index + 1L) << 33);
        var tone = new Tone(note.Pitch, note.Velocity, note.GateSeconds, noiseSeed);
        var samples = _note.AsSpan(0, Voice(note.Instrument).Render(tone, _note.AsSpan(0, room)));
        var hz = Ensemble.IsPercussion(note.Instrument) ? 1000 : tone.Hz;
        Roughness.Apply(samples, plan.Roughness, hz, new SeededRandom(noiseSeed, 2).NextDouble());
        Mix(mix.AsSpan(start), samples, note.Gain, note.Pan);
    }

    /// <summary>Constant-power panning.</summary>
    private static void Mix(Span<float> mix, ReadOnlySpan<float> samples, double gain, double pan)
    {
        var left = (float)(gain * PortableMath.CosTurns((pan + 1) / 8));
        var right = (float)(gain * PortableMath.SinTurns((pan + 1) / 8));
        for (var frame = 0; frame < samples.Length; frame++)
        {
            mix[2 * frame] += left * samples[frame];
            mix[(2 * frame) + 1] += right * samples[frame];
        }
    }

    private IVoice Voice(Instrument instrument)
    {
        if (_voices.TryGetValue(instrument, out var voice)) return voice;
        return _voices[instrument] = instrument switch
        {
            Instrument.Piano => new Piano(_timbre),
            Instrument.Marimba => new Marimba(_timbre),
            Instrument.PluckedStrings => new PluckedStrings(_timbre),
            Instrument.BowedStrings => new BowedStrings(_timbre),
            Instrument.Flute => new Flute(_timbre),
            Instrument.Brass => new Brass(_timbre),
            Instrument.Pad => new Pad(_timbre),
            Instrument.Bass => new Bass(_timbre),
            Instrument.HandDrums => new HandDrum(_timbre),
            Instrument.Shaker => new Shaker(_timbre),
            _ => throw new ArgumentOutOfRangeException(nameof(instrument), instrument, null),
        };
    }
}

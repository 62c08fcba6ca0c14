using System.Buffers.Binary;
using System.Text;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Scores;

/// <summary>
/// Writes a score as a Standard MIDI File 1.0 (MIDI Manufacturers Association, RP-001): format 1, a track for tempo, metre, key and section
/// marks, then one for each instrument with its General MIDI program; percussion is on channel 10.
/// </summary>
public static class StandardMidiFile
{
    /// <summary>As it goes over HTTP; not registered, but what servers and browsers use.</summary>
    public const string MediaType = "audio/midi";

    /// <summary>Ticks of a quarter: fine enough for a player's deviations, 0.6 ms at 100 BPM.</summary>
    public const int TicksPerQuarter = 960;

    private const int DrumChannel = 9;
    private const byte Meta = 0xFF;

    private enum MetaEvent : byte
    {
        TrackName = 0x03,
        Marker = 0x06,
        EndOfTrack = 0x2F,
        Tempo = 0x51,
        TimeSignature = 0x58,
        KeySignature = 0x59,
    }

    public static byte[] Write(ComposedScore score)
    {
        ArgumentNullException.ThrowIfNull(score);
        var file = new MemoryStream();
        var instruments = score.Notes.Select(note => note.Instrument).Distinct().ToList();
        WriteChunk(file, "MThd", [0, 1, .. BigEndian((short)(instruments.Count + 1)), .. BigEndian((short)TicksPerQuarter)]);
        WriteChunk(file, "MTrk", ConductorTrack(score));
        var channel = 0;
        foreach (var instrument in instruments)
        {
            var drums = instrument is Instrument.HandDrums or Instrument.Shaker;
            WriteChunk(file, "MTrk", InstrumentTrack(score, instrument, drums ? DrumChannel : channel));
            if (!drums) channel++;
        }

        return file.ToArray();
    }

    private static byte[] ConductorTrack(ComposedScore score)
    {
        var track = new Track();
        var microseconds = (int)Math.Round(60e6 / score.TempoBpm);
        track.Add(0, MetaEvent.Tempo, [(byte)(microseconds >> 16), (byte)(microseconds >> 8), (byte)microseconds]);
        // Quarters (2²), a click each quarter (24 MIDI clocks), eight 32nds to a quarter.
        track.Add(0, MetaEvent.TimeSignature, [(byte)score.BeatsPerBar, 2, 24, 8]);
        track.Add(0, MetaEvent.KeySignature, [(byte)(sbyte)Accidentals(score), (byte)(score.Mode == Mode.Minor ? 1 : 0)]);
        foreach (var section in score.Sections) track.Add(TicksOf(section.StartSeconds, score.TempoBpm), MetaEvent.Marker, Encoding.UTF8.GetBytes(section.Name));
        return track.End(TicksOf(score.DurationSeconds, score.TempoBpm));
    }

    private static byte[] InstrumentTrack(ComposedScore score, Instrument instrument, int channel)
    {
        var track = new Track();
        track.Add(0, MetaEvent.TrackName, Encoding.ASCII.GetBytes(NameOf(instrument)));
        if (channel != DrumChannel) track.Add(0, [(byte)(0xC0 | channel), ProgramOf(instrument)]);
        foreach (var (tick, _, bytes) in Events(score, instrument, channel).OrderBy(one => one.Tick).ThenBy(one => one.Order)) track.Add(tick, bytes);
        return track.End(TicksOf(score.DurationSeconds, score.TempoBpm));
    }

    /// <summary>Pairs of note-on and note-off; where a key is struck again while it is down, it is let go first, as on a real keyboard.</summary>
    private static IEnumerable<(int Tick, int Order, byte[] Bytes)> Events(ComposedScore score, Instrument instrument, int channel)
    {
        foreach (var key in score.Notes.Where(note => note.Instrument == instrument).GroupBy(note => note.Pitch))
        {
            var strokes = key
                .Select(note => (
                    On: TicksOf(note.StartSeconds, score.TempoBpm),
                    Off: TicksOf(note.StartSeconds + note.DurationSeconds, score.TempoBpm),
                    Velocity: Math.Clamp((int)Math.Round(note.Velocity * 127), 1, 127)))
                .GroupBy(stroke => stroke.On)
                .Select(same => (On: same.Key, Off: same.Max(stroke => stroke.Off), Velocity: same.Max(stroke => stroke.Velocity)))
                .OrderBy(stroke => stroke.On)
                .ToList();
            for (var index = 0; index < strokes.Count; index++)
            {
                var (on, off, velocity) = strokes[index];
                var latest = index + 1 < strokes.Count ? strokes[index + 1].On : int.MaxValue;
                yield return (on, 1, [(byte)(0x90 | channel), (byte)key.Key, (byte)velocity]);
                yield return (Math.Min(Math.Max(off, on + 1), latest), 0, [(byte)(0x80 | channel), (byte)key.Key, 64]);
            }
        }
    }

    private static int TicksOf(double seconds, double tempoBpm) => (int)Math.Round(seconds * tempoBpm / 60 * TicksPerQuarter);

    /// <summary>Sharps (positive) or flats of the major scale with the same tones, −6…5.</summary>
    private static int Accidentals(ComposedScore score)
    {
        var aboveMajorTonic = score.Mode switch
        {
            Mode.Dorian => 2,
            Mode.Phrygian => 4,
            Mode.Lydian => 5,
            Mode.Mixolydian => 7,
            Mode.Minor => 9,
            _ => 0,
        };

        // A fifth up is 7 semitones and one sharp more; 7 is its own inverse modulo 12.
        var fifths = ((score.Tonic - aboveMajorTonic + 12) * 7) % 12;
        return fifths > 5 ? fifths - 12 : fifths;
    }

    /// <summary>General MIDI level 1, counted from 0.</summary>
    private static byte ProgramOf(Instrument instrument) => instrument switch
    {
        Instrument.Piano => 0,
        Instrument.Marimba => 12,
        Instrument.PluckedStrings => 24,
        Instrument.Bass => 32,
        Instrument.BowedStrings => 48,
        Instrument.Brass => 61,
        Instrument.Flute => 73,
        Instrument.Pad => 89,
        _ => throw new ArgumentOutOfRangeException(nameof(instrument), instrument, "Percussion has no program."),
    };

    private static string NameOf(Instrument instrument) => instrument switch
    {
        Instrument.PluckedStrings => "Plucked strings",
        Instrument.BowedStrings => "Bowed strings",
        Instrument.HandDrums => "Hand drums",
        _ => instrument.ToString(),
    };

    private static void WriteChunk(Stream file, string type, byte[] content)
    {
        file.Write(Encoding.ASCII.GetBytes(type));
        file.Write(BigEndian(content.Length));
        file.Write(content);
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] BigEndian(short value) => [(byte)(value >> 8), (byte)value];

    /// <summary>Events with the time since the one before, as variable-length quantities.</summary>
    private sealed class Track
    {
        private readonly List<byte> _bytes = [];
        private int _tick;

        public void Add(int tick, MetaEvent type, ReadOnlySpan<byte> content)
        {
            WriteDelta(tick);
            _bytes.AddRange([Meta, (byte)type]);
            WriteQuantity(content.Length);
            _bytes.AddRange(content);
        }

        public void Add(int tick, ReadOnlySpan<byte> message)
        {
            WriteDelta(tick);
            _bytes.AddRange(message);
        }

        /// <param name="tick">Where the piece ends; later if notes go on.</param>
        public byte[] End(int tick)
        {
            Add(Math.Max(tick, _tick), MetaEvent.EndOfTrack, []);
            return [.. _bytes];
        }

        private void WriteDelta(int tick)
        {
            WriteQuantity(tick - _tick);
            _tick = tick;
        }

        /// <summary>Seven bits a byte, the most significant first; the top bit says that more follow.</summary>
        private void WriteQuantity(int value)
        {
            for (var shift = 21; shift > 0; shift -= 7)
            {
                if (value >> shift != 0) _bytes.Add((byte)(0x80 | ((value >> shift) & 0x7F)));
            }

            _bytes.Add((byte)(value & 0x7F));
        }
    }
}

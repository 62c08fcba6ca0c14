using System.Buffers.Binary;
using System.Text;

namespace AudioReprompt.Composing.Tests.Scores;

/// <summary>A note of a track: ticks, channel from 0.</summary>
internal sealed record MidiNote(int Start, int End, int Channel, int Pitch, int Velocity);

/// <summary>A track: its name, its notes and its meta events.</summary>
internal sealed record MidiTrack(string? Name, int? Program, IReadOnlyList<MidiNote> Notes, IReadOnlyList<(int Tick, byte Type, byte[] Content)> Meta, int EndTick);

/// <summary>
/// Reads a Standard MIDI File as strictly as the format's text (RP-001) is written: lengths of chunks, quantities of at most four bytes without
/// padding, data bytes below 128, every note-on with its note-off, one end of track and nothing behind it.
/// </summary>
internal sealed class MidiReader
{
    private readonly byte[] _bytes;
    private int _at;

    private MidiReader(byte[] bytes) => _bytes = bytes;

    public static (int Division, IReadOnlyList<MidiTrack> Tracks) Read(byte[] bytes)
    {
        var reader = new MidiReader(bytes);
        var header = reader.Chunk("MThd");
        Assert.Equal(6, header.Length);
        Assert.Equal(1, BinaryPrimitives.ReadInt16BigEndian(header));
        var count = BinaryPrimitives.ReadInt16BigEndian(header.AsSpan(2));
        var tracks = new List<MidiTrack>();
        for (var track = 0; track < count; track++) tracks.Add(new MidiReader(reader.Chunk("MTrk")).Track());
        Assert.Equal(bytes.Length, reader._at);
        return (BinaryPrimitives.ReadInt16BigEndian(header.AsSpan(4)), tracks);
    }

    private byte[] Chunk(string type)
    {
        Assert.Equal(type, Encoding.ASCII.GetString(_bytes, _at, 4));
        var length = BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(_at + 4));
        _at += 8 + length;
        return _bytes[(_at - length).._at];
    }

    private MidiTrack Track()
    {
        var notes = new List<MidiNote>();
        var meta = new List<(int, byte, byte[])>();
        var down = new Dictionary<(int Channel, int Pitch), (int Tick, int Velocity)>();
        string? name = null;
        int? program = null;
        for (var tick = 0; ;)
        {
            tick += Quantity();
            var status = _bytes[_at++];
            if (status == 0xFF)
            {
                var type = _bytes[_at++];
                var length = Quantity();
                var content = _bytes[_at..(_at + length)];
                _at += length;
                if (type == 0x03) name = Encoding.ASCII.GetString(content);
                if (type != 0x2F)
                {
                    meta.Add((tick, type, content));
                    continue;
                }

                Assert.Empty(content);
                Assert.Equal(_bytes.Length, _at);
                Assert.Empty(down);
                return new MidiTrack(name, program, notes, meta, tick);
            }

            var channel = status & 0x0F;
            switch (status & 0xF0)
            {
                case 0xC0:
                    program = Data();
                    break;
                case 0x90:
                    down.Add((channel, Data()), (tick, InRange(Data())));
                    break;
                case 0x80:
                    var pitch = Data();
                    Data();
                    Assert.True(down.Remove((channel, pitch), out var struck), $"Key {pitch} is let go and was not down.");
                    Assert.True(tick > struck.Tick, $"Key {pitch} is down for no time.");
                    notes.Add(new MidiNote(struck.Tick, tick, channel, pitch, struck.Velocity));
                    break;
                default:
                    Assert.Fail($"Status {status:X2} is none that the composer writes.");
                    break;
            }
        }
    }

    /// <summary>Velocity 0 would be a note-off.</summary>
    private static int InRange(int velocity)
    {
        Assert.InRange(velocity, 1, 127);
        return velocity;
    }

    private int Data()
    {
        Assert.InRange(_bytes[_at], 0, 127);
        return _bytes[_at++];
    }

    private int Quantity()
    {
        var value = 0;
        for (var count = 1; ; count++)
        {
            Assert.InRange(count, 1, 4);
            var next = _bytes[_at++];
            Assert.False(count == 1 && next == 0x80, "A quantity is padded.");
            value = (value << 7) | (next & 0x7F);
            if (next < 0x80) return value;
        }
    }
}

using System.Text;
using AudioReprompt.Composing.Scores;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests.Scores;

public sealed class StandardMidiFileTests
{
    private static readonly MusicalPlan Everybody = MusicalPlan.Neutral with
    {
        TempoBpm = 132,
        Density = 0.8,
        Instruments = [Instrument.PluckedStrings, Instrument.Flute, Instrument.Pad, Instrument.Bass, Instrument.HandDrums, Instrument.Shaker],
    };

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(300)]
    public void Write_AnyPiece_HasTheScoresNotes(double durationSeconds)
    {
        var score = ComposerEngine.Compose(Pieces.Request(Everybody, durationSeconds), CancellationToken.None);

        var (division, tracks) = MidiReader.Read(StandardMidiFile.Write(score));

        Assert.Equal(960, division);
        Assert.Equal(1 + score.Notes.Select(note => note.Instrument).Distinct().Count(), tracks.Count);
        var written = tracks.SelectMany(track => track.Notes.Select(note => (track.Name, note.Start, note.Pitch))).ToHashSet();
        var composed = score.Notes.Select(note => (NameOf(note.Instrument), (int)Math.Round(note.StartSeconds * 132 / 60 * 960), note.Pitch)).ToHashSet();
        Assert.Equal(composed, written!);
        Assert.All(tracks.Skip(1), track => Assert.All(track.Notes, note => Assert.Equal(track.Name is "Hand drums" or "Shaker", note.Channel == 9)));
        Assert.All(tracks.Skip(1), track => Assert.Single(track.Notes.Select(note => note.Channel).Distinct()));
    }

    [Fact]
    public void Write_Conductor_HasTempoMetreKeyAndSections()
    {
        var score = ComposerEngine.Compose(Pieces.Request(Everybody with { Form = MusicalForm.Rondo }, 40), CancellationToken.None);

        var conductor = MidiReader.Read(StandardMidiFile.Write(score)).Tracks[0];

        Assert.Equal([0x06, 0xEF, 0x91], conductor.Meta.Single(meta => meta.Type == 0x51).Content); // 454,545 µs = 60 s / 132
        Assert.Equal(score.BeatsPerBar, conductor.Meta.Single(meta => meta.Type == 0x58).Content[0]);
        var marks = conductor.Meta.Where(meta => meta.Type == 0x06).Select(meta => Encoding.UTF8.GetString(meta.Content)).ToList();
        Assert.Equal(score.Sections.Select(section => section.Name), marks);
        Assert.Equal((int)Math.Round(40 * 132 / 60.0 * 960), conductor.EndTick);
    }

    [Theory]
    [InlineData(Mode.Major, 0, 0, 0)]
    [InlineData(Mode.Major, 7, 1, 0)]
    [InlineData(Mode.Major, 5, -1, 0)]
    [InlineData(Mode.Major, 6, -6, 0)]
    [InlineData(Mode.Minor, 9, 0, 1)]
    [InlineData(Mode.Minor, 4, 1, 1)]
    [InlineData(Mode.Dorian, 2, 0, 0)]
    [InlineData(Mode.Phrygian, 4, 0, 0)]
    [InlineData(Mode.Lydian, 5, 0, 0)]
    [InlineData(Mode.Mixolydian, 7, 0, 0)]
    public void Write_Key_HasItsAccidentals(Mode mode, int tonic, int accidentals, int minor)
    {
        var score = new ComposedScore(100, 4, tonic, mode, 4, [], [new ScoreNote(Instrument.Piano, "melody", 0, 1, 60, 0.5)]);

        var key = MidiReader.Read(StandardMidiFile.Write(score)).Tracks[0].Meta.Single(meta => meta.Type == 0x59).Content;

        Assert.Equal((accidentals, minor), ((sbyte)key[0], key[1]));
    }

    [Fact]
    public void Write_KeyStruckWhileItIsDown_IsLetGoFirst()
    {
        var score = new ComposedScore(
            60, 4, 0, Mode.Major, 4, [],
            [new ScoreNote(Instrument.Piano, "melody", 0, 3, 60, 0.5), new ScoreNote(Instrument.Piano, "bass", 1, 1, 60, 1)]);

        var notes = MidiReader.Read(StandardMidiFile.Write(score)).Tracks[1].Notes;

        Assert.Equal([new MidiNote(0, 960, 0, 60, 64), new MidiNote(960, 1920, 0, 60, 127)], notes);
    }

    [Fact]
    public void Compose_SameRequest_IsTheSameFile()
    {
        var request = Pieces.Request(Everybody, 20, 77);

        Assert.Equal(
            StandardMidiFile.Write(ComposerEngine.Compose(request, CancellationToken.None)),
            StandardMidiFile.Write(ComposerEngine.Compose(request, CancellationToken.None)));
        Assert.NotEqual(
            StandardMidiFile.Write(ComposerEngine.Compose(request, CancellationToken.None)),
            StandardMidiFile.Write(ComposerEngine.Compose(request with { Seed = 78 }, CancellationToken.None)));
    }

    [Fact]
    public void Compose_TokenAlreadyTripped_ThrowsCancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(() => ComposerEngine.Compose(Pieces.Request(Everybody, 300), new CancellationToken(canceled: true)));

    private static string NameOf(Instrument instrument) => instrument switch
    {
        Instrument.PluckedStrings => "Plucked strings",
        Instrument.BowedStrings => "Bowed strings",
        Instrument.HandDrums => "Hand drums",
        _ => instrument.ToString(),
    };
}

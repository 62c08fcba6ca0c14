using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests.Composing;

public sealed class CompositionTests
{
    public static TheoryData<Mode> Modes => [.. Enum.GetValues<Mode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Write_ConsonantPlan_StaysInKey(Mode mode)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var score = Composition.Write(MusicalPlan.Neutral with { Mode = mode, Consonance = 1 }, 40, seed, CancellationToken.None);
            var inKey = Enumerable.Range(0, 7).Select(step => score.Scale.Pitch(step) % 12).ToHashSet();

            // In minor the dominant's third may be raised to lead to the tonic.
            if (mode == Mode.Minor) inKey.Add((score.Scale.Tonic + 11) % 12);
            Assert.All(score.Notes, note => Assert.Contains(note.Pitch % 12, inKey));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Write_ConsonantPlan_PutsChordTonesOnDownbeats(Mode mode)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var score = Composition.Write(MusicalPlan.Neutral with { Mode = mode, Consonance = 1 }, 40, seed, CancellationToken.None);
            var onDownbeats = score.Notes.Where(note => note.Role == Role.Melody && note.StartBeat % score.Form.BeatsPerBar == 0).ToList();
            var fitting = onDownbeats.Count(note => ChordAt(score, note).PitchClasses().Contains(note.Pitch % 12));
            Assert.True(fitting >= 0.85 * onDownbeats.Count, $"seed {seed}: {fitting} of {onDownbeats.Count}");
        }
    }

    [Fact]
    public void Write_AnyPiece_EndsOnTheTonic()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var score = Composition.Write(Pieces.Sweet, 30, seed, CancellationToken.None);
            var closing = score.Notes.Where(note => note.StartBeat == score.Form.CloseBeat).ToList();

            Assert.Equal(0, score.Chords[^1].Degree);
            Assert.Contains(closing, note => note.Role == Role.Melody && note.Pitch % 12 == score.Scale.Tonic % 12);
            Assert.Contains(closing, note => note.Role == Role.Bass && note.Pitch % 12 == score.Scale.Tonic % 12);
        }
    }

    [Fact]
    public void Write_DissonantPlan_HasMoreFrictionThanAConsonantOne()
    {
        static double Semitones(double consonance) => Enumerable.Range(0, 10).Average(seed =>
        {
            var notes = Composition.Write(MusicalPlan.Neutral with { Consonance = consonance }, 30, seed, CancellationToken.None).Notes;
            var chords = notes.GroupBy(note => note.StartBeat).Select(group => group.Select(note => note.Pitch % 12).ToHashSet());
            return chords.Average(classes => classes.Count(pitchClass => classes.Contains((pitchClass + 1) % 12)));
        });

        Assert.True(Semitones(0.1) > Semitones(0.5) + 0.1);
        Assert.True(Semitones(0.5) >= Semitones(1));
        Assert.True(Semitones(1) < 0.1);
    }

    [Fact]
    public void Write_AllInstruments_GivesEachAPart()
    {
        foreach (var left in Enum.GetValues<Instrument>())
        {
            var instruments = Enum.GetValues<Instrument>().Where(instrument => instrument != left).Take(6).ToList();
            var score = Composition.Write(MusicalPlan.Neutral with { Instruments = instruments }, 20, 1, CancellationToken.None);
            Assert.Equal(instruments.Order(), score.Notes.Select(note => note.Instrument).Distinct().Order());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(12)]
    [InlineData(30)]
    [InlineData(61.7)]
    [InlineData(300)]
    public void Write_AnyDuration_KeepsNotesAndSectionsInside(double durationSeconds)
    {
        foreach (var tempoBpm in (double[])[40, 97.3, 200])
        {
            var score = Composition.Write(MusicalPlan.Neutral with { TempoBpm = tempoBpm }, durationSeconds, 5, CancellationToken.None);
            var end = durationSeconds * tempoBpm / 60;

            Assert.All(score.Notes, note => Assert.InRange(note.StartBeat, 0, end));
            Assert.All(score.Notes, note => Assert.InRange(note.StartBeat + note.DurationBeats, 0, end + score.Form.BeatsPerBar));
            Assert.All(score.Notes, note => Assert.True(note.DurationBeats > 0));
            Assert.InRange(end - score.Form.CloseBeat, 0, end);
            Assert.Equal(score.Form.Bars, score.Form.Sections.Sum(section => section.Bars));
            Assert.Equal(score.Form.Bars + 1, score.Chords.Count);
        }
    }

    [Theory]
    [InlineData(MusicalForm.Strophic, "AAAAAAAA'")]
    [InlineData(MusicalForm.Ternary, "AABA'AABA'")]
    [InlineData(MusicalForm.Rondo, "ABACABAA'")]
    public void Write_EachForm_HasItsOrderOfSections(MusicalForm shape, string order)
    {
        var plan = MusicalPlan.Neutral with { Form = shape, TempoBpm = 160 };
        var sections = Composition.Write(plan, 55, 1, CancellationToken.None).Form.Sections;

        Assert.Equal(SectionKind.Introduction, sections[0].Kind);
        Assert.Equal(order, string.Concat(sections.Skip(1).Select(section => section.Kind switch
        {
            SectionKind.Theme => "A",
            SectionKind.Contrast => "B",
            SectionKind.Episode => "C",
            _ => "A'",
        })));
    }

    [Theory]
    [InlineData(MusicalForm.Strophic, false)]
    [InlineData(MusicalForm.Ternary, true)]
    [InlineData(MusicalForm.Rondo, true)]
    public void Write_ThreePartsOfAShortPiece_HaveAContrastWhereTheFormHasOne(MusicalForm shape, bool contrast)
    {
        var plan = MusicalPlan.Neutral with { Form = shape };
        var kinds = Composition.Write(plan, 20, 3, CancellationToken.None).Form.Sections.Select(section => section.Kind).ToList();

        Assert.Equal(contrast, kinds.Contains(SectionKind.Contrast));
        Assert.Equal(SectionKind.Reprise, kinds[^1]);
    }

    [Fact]
    public void Write_Rondo_ItsTwoContrastsAreTwoThoughts()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var score = Composition.Write(MusicalPlan.Neutral with { Form = MusicalForm.Rondo, TempoBpm = 160 }, 55, seed, CancellationToken.None);
            Assert.NotEqual(Melody(score, SectionKind.Contrast), Melody(score, SectionKind.Episode));
        }

        static string Melody(Score score, SectionKind kind)
        {
            var section = score.Form.Sections.First(one => one.Kind == kind);
            var (start, end) = (section.StartBar * score.Form.BeatsPerBar, (section.StartBar + section.Bars) * score.Form.BeatsPerBar);
            return string.Join(' ', score.Notes
                .Where(note => note.Role == Role.Melody && note.StartBeat >= start && note.StartBeat < end)
                .Select(note => $"{note.StartBeat - start}:{note.DurationBeats}"));
        }
    }

    [Fact]
    public void Write_HalfAMinute_HasThemeContrastAndReprise()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var kinds = Composition.Write(MusicalPlan.Neutral, 30, seed, CancellationToken.None).Form.Sections.Select(section => section.Kind).ToList();
            Assert.Equal([SectionKind.Introduction, SectionKind.Theme, SectionKind.Contrast, SectionKind.Reprise], kinds.Distinct());
            Assert.Equal(SectionKind.Reprise, kinds[^1]);
        }
    }

    [Fact]
    public void Write_ManySeeds_UseManyKeysAndMetres()
    {
        var scores = Enumerable.Range(0, 60).Select(seed => Composition.Write(MusicalPlan.Neutral, 10, seed, CancellationToken.None)).ToList();

        Assert.True(scores.Select(score => score.Scale.Tonic).Distinct().Count() >= 10);
        Assert.Equal([3, 4], scores.Select(score => score.Form.BeatsPerBar).Distinct().Order());
        Assert.Equal(60, scores.Select(score => string.Join(' ', score.Notes.Where(note => note.Role == Role.Melody))).Distinct().Count());
    }

    [Fact]
    public void Write_Chords_MoveTheirVoicesSmoothly()
    {
        var score = Composition.Write(MusicalPlan.Neutral with { Consonance = 1 }, 60, 11, CancellationToken.None);
        var voicings = score.Notes
            .Where(note => note.Role == Role.Accompaniment)
            .GroupBy(note => note.StartBeat)
            .OrderBy(group => group.Key)
            .Select(group => group.Select(note => note.Pitch).Order().ToArray()).ToList();

        var moves = voicings
            .Zip(voicings.Skip(1), (from, to) => from.Zip(to, (before, after) => Math.Abs(after - before)).Average())
            .ToList();

        Assert.InRange(moves.Average(), 0, 2.5);
        Assert.All(moves, move => Assert.InRange(move, 0, 5));
    }

    private static Chord ChordAt(Score score, Note note) =>
        score.Chords[note.StartBeat >= score.Form.CloseBeat ? score.Form.Bars : (int)(note.StartBeat / score.Form.BeatsPerBar)];
}

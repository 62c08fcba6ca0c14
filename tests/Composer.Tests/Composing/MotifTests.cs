namespace AudioReprompt.Composing.Tests.Composing;

public sealed class MotifTests
{
    [Fact]
    public void Invent_AnySeed_FillsTheBarOnTheGrid()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed, 1);
            AssertFills(Motif.Invent(3 + (seed % 2), 1 + (seed % 12), 0.5, ref random));
        }
    }

    [Fact]
    public void Developments_AnyMotif_KeepItsLength()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed, 1);
            var motif = Motif.Invent(3 + (seed % 2), 1 + (seed % 9), 0.2, ref random);
            AssertFills(motif.Inverted());
            AssertFills(motif.Reversed());
            AssertFills(motif.Fragmented(2));
            AssertFills(motif.Ornamented(ref random));
            AssertFills(motif.Rested());
        }
    }

    [Fact]
    public void Inverted_Twice_IsTheMotifAgain()
    {
        var random = new SeededRandom(3, 1);
        var motif = Motif.Invent(4, 6, 0.3, ref random);

        Assert.Equal(motif.Notes, motif.Inverted().Inverted().Notes);
        Assert.NotEqual(motif.Notes, motif.Inverted().Notes);
    }

    private static void AssertFills(Motif motif)
    {
        double end = 0;
        foreach (var note in motif.Notes)
        {
            Assert.Equal(end, note.Start);
            Assert.True(note.Duration > 0);
            end += note.Duration;
        }

        Assert.Equal(motif.Beats, end);
    }
}

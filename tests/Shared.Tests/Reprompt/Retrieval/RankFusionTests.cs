namespace AudioReprompt.Reprompt.Retrieval;

public class RankFusionTests
{
    [Fact]
    public void Fuse_TwoRankings_SumsReciprocalRanks()
    {
        var fused = RankFusion.Fuse([7, 3, 5], [3, 9]);

        Assert.Equal([3, 7, 9, 5], fused.Select(hit => hit.Entry));
        Assert.Equal((1.0 / 62) + (1.0 / 61), fused[0].Score, 1e-12);
        Assert.Equal(1.0 / 61, fused[1].Score, 1e-12);
    }

    [Fact]
    public void Fuse_Ties_GoByEntry() => Assert.Equal([2, 4], RankFusion.Fuse([4], [2]).Select(hit => hit.Entry));

    [Fact]
    public void Fuse_OneRanking_KeepsItsOrder() => Assert.Equal([9, 1, 4], RankFusion.Fuse([9, 1, 4], []).Select(hit => hit.Entry));

    [Fact]
    public void Fuse_Nothing_IsNothing() => Assert.Empty(RankFusion.Fuse([], []));
}

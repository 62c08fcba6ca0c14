using AudioReprompt.Audio.Mel;

namespace AudioReprompt.SharedTests.Audio.Mel;

public sealed class NumpyRandomTests
{
    /// <summary>ISO C++ 2011, 26.5.5: the 10,000th number of a default-constructed mt19937, whose seed is 5489.</summary>
    [Fact]
    public void NextBits_TenThousandth_IsTheStandards()
    {
        var random = new NumpyRandom(5_489);
        for (var draw = 1; draw < 10_000; draw++) random.NextBits();
        Assert.Equal(4_123_659_995, random.NextBits());
    }

    /// <summary><c>numpy.random.seed(0); numpy.random.randint(100, size=10)</c>.</summary>
    [Fact]
    public void Next_SeedZero_GivesNumpysIntegers()
    {
        var random = new NumpyRandom(0);
        Assert.Equal([44, 47, 64, 67, 67, 9, 83, 21, 36, 87], Enumerable.Range(0, 10).Select(_ => random.Next(100)));
    }

    [Fact]
    public void Next_OfOne_DrawsNothing()
    {
        var (asked, untouched) = (new NumpyRandom(1), new NumpyRandom(1));
        Assert.Equal(0, asked.Next(1));
        Assert.Equal(untouched.NextBits(), asked.NextBits());
    }
}

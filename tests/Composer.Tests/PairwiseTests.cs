using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests;

/// <summary>
/// Any two parameters of a plan at any two of their ends, modes, forms and leading instruments: a covering array of strength 2, made greedily and
/// always the same. Whatever the plan, the audio is finite, exactly as long as asked, peaks below −1 dBTP and is as loud as the plan says.
/// </summary>
public sealed class PairwiseTests
{
    private static readonly int[] Levels = [2, 2, 2, 2, 2, 2, 2, 2, 2, Count<Mode>(), Count<MusicalForm>(), Count<Instrument>(), Count<Instrument>()];

    private static readonly List<int[]> Rows = Cover();

    [Fact]
    public void Rows_EveryPairOfLevels_IsThere()
    {
        for (var one = 0; one < Levels.Length; one++)
        {
            for (var two = one + 1; two < Levels.Length; two++)
                Assert.Equal(Levels[one] * Levels[two], Rows.Select(row => (row[one], row[two])).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7.3)]
    public async Task GenerateAsync_EveryPair_IsMastered(double durationSeconds) =>
        await Parallel.ForEachAsync(Rows.Index(), async (row, _) =>
        {
            var plan = PlanOf(row.Item);
            var audio = await Pieces.PlayAsync(plan, durationSeconds, row.Index);
            Assert.Equal((int)Math.Round(durationSeconds * 32_000) * 2, audio.Samples.Length);
            SoundAssert.IsMastered(audio, plan, IsSparseStaccato(plan) ? double.PositiveInfinity : 1.5);
        });

    /// <summary>Each takes seconds: the four corners of tempo and density; all rows are in <c>audioreprompt bench composer</c>'s time, not in a test's.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(34)]
    [InlineData(51)]
    public async Task GenerateAsync_FiveMinutes_AreMastered(int row)
    {
        var plan = PlanOf(Rows[row]);
        var audio = await Pieces.PlayAsync(plan, 300, row);
        Assert.Equal(300 * 32_000 * 2, audio.Samples.Length);
        SoundAssert.IsMastered(audio, plan, IsSparseStaccato(plan) ? double.PositiveInfinity : 1.5);
    }

    private static bool IsSparseStaccato(MusicalPlan plan) => plan is { Articulation: 1, Density: 0 };

    private static MusicalPlan PlanOf(int[] row) => new()
    {
        TempoBpm = row[0] == 0 ? 40 : 200,
        Register = row[1],
        Consonance = row[2],
        Articulation = row[3],
        Dynamics = row[4],
        Roughness = row[5],
        Brightness = row[6],
        Reverberance = row[7],
        Density = row[8],
        Mode = (Mode)row[9],
        Form = (MusicalForm)row[10],
        Instruments = [.. new[] { (Instrument)row[11], (Instrument)row[12] }.Distinct()],
    };

    /// <summary>Row by row, level by level what covers most of the pairs that are still missing.</summary>
    private static List<int[]> Cover()
    {
        var missing = new HashSet<(int, int, int, int)>();
        for (var one = 0; one < Levels.Length; one++)
        {
            for (var two = one + 1; two < Levels.Length; two++)
            {
                for (var a = 0; a < Levels[one]; a++)
                {
                    for (var b = 0; b < Levels[two]; b++) missing.Add((one, a, two, b));
                }
            }
        }

        var rows = new List<int[]>();
        while (missing.Count > 0)
        {
            var row = new int[Levels.Length];
            for (var place = Levels.Length - 1; place >= 0; place--)
            {
                var turn = rows.Count;
                row[place] = Enumerable.Range(0, Levels[place])
                    .OrderByDescending(level => Gain(row, place, level))
                    .ThenBy(level => (level + turn) % Levels[place])
                    .First();
            }

            rows.Add(row);
            for (var one = 0; one < Levels.Length; one++)
            {
                for (var two = one + 1; two < Levels.Length; two++) missing.Remove((one, row[one], two, row[two]));
            }
        }

        return rows;

        // Against what is set already; alone, a level counts what it could still bring.
        int Gain(int[] row, int place, int level)
        {
            var gain = missing.Any(pair => (pair.Item1 == place && pair.Item2 == level) || (pair.Item3 == place && pair.Item4 == level)) ? 1 : 0;
            for (var other = place + 1; other < Levels.Length; other++)
            {
                if (missing.Contains((place, level, other, row[other]))) gain += 2;
            }

            return gain;
        }
    }

    private static int Count<T>()
        where T : struct, Enum => Enum.GetValues<T>().Length;
}

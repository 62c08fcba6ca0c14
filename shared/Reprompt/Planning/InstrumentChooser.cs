using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Planning;

/// <summary>Chooses the instruments that go with a profile, a melody instrument first.</summary>
internal sealed class InstrumentChooser(IReadOnlyList<InstrumentKnowledge> instruments)
{
    private const int Fewest = 3;
    private const int Most = 5;

    /// <summary>An instrument with less than this share of the best one's score stays out. Ours.</summary>
    private const double WorthPlaying = 0.4;

    public IReadOnlyList<Instrument> Choose(Directions directions)
    {
        var ranked = instruments
            .Select(instrument => (Known: instrument, Score: Score(instrument, directions)))
            .OrderByDescending(candidate => candidate.Score)
            .ThenBy(candidate => candidate.Known.Instrument)
            .ToList();
        var enough = ranked[0].Score * WorthPlaying;
        var chosen = ranked.TakeWhile((candidate, place) => place < Fewest || (place < Most && candidate.Score >= enough)).ToList();

        var lead = chosen.FindIndex(candidate => candidate.Known.Role == InstrumentRole.Melody);
        var melody = lead >= 0 ? chosen[lead] : ranked.First(candidate => candidate.Known.Role == InstrumentRole.Melody);
        if (lead >= 0) chosen.RemoveAt(lead);
        else chosen.RemoveAt(chosen.Count - 1);
        return [melody.Known.Instrument, .. chosen.Select(candidate => candidate.Known.Instrument)];
    }

    /// <summary>Why each of them plays; none for one that plays anyway.</summary>
    public IEnumerable<Reason> Reasons(IReadOnlyList<Instrument> chosen, Directions directions)
    {
        foreach (var instrument in chosen)
        {
            var affinities = instruments.First(known => known.Instrument == instrument).Affinities;
            var (pull, finding) = affinities
                .Select(affinity => (Pull: affinity.Strength * directions.Of(affinity.Finding), affinity.Finding))
                .OrderByDescending(affinity => affinity.Pull)
                .FirstOrDefault();
            if (pull > 0) yield return new Reason(PlanParameter.Instruments, finding, instrument);
        }
    }

    private static double Score(InstrumentKnowledge instrument, Directions directions)
    {
        var score = instrument.Prior;
        foreach (var (strength, finding) in instrument.Affinities) score += strength * directions.Of(finding);
        return score;
    }
}

using System.ComponentModel;

namespace AudioReprompt.Scoring.Aesthetics;

/// <summary>What of a recording's make can be said from its signal. Where a number is null, <see cref="Reasons"/> says why.</summary>
public sealed record AestheticScores
{
    [Description("Integrated loudness, LUFS (ITU-R BS.1770-4).")]
    public double? LoudnessLufs { get; init; }

    [Description("True peak, dBTP (ITU-R BS.1770-4, annex 2); above 0 it clips when it is played.")]
    public double? TruePeakDbtp { get; init; }

    [Description("Share of the samples that lie in runs of four or more at full scale, 0 to 1.")]
    public double? ClippedShare { get; init; }

    [Description("Share of the time below -60 dBFS, in steps of 100 ms, 0 to 1.")]
    public double? SilenceShare { get; init; }

    [Description("Correlation of the pitch classes with the profile of the best key (Krumhansl, Schmuckler), -1 to 1.")]
    public double? KeyClarity { get; init; }

    [Description("Autocorrelation of the onsets at the clearest tempo from 40 to 240 BPM, 0 to 1; a click track has 1.")]
    public double? BeatClarity { get; init; }

    [Description("Up to where the mean spectrum lies within 60 dB of its strongest part, Hz.")]
    public double? BandwidthHz { get; init; }

    [Description("By the Audiobox-Aesthetics model, where one is configured.")]
    public AudioboxScores? Audiobox { get; init; }

    [Description("Why a number of this block is null, by its name.")]
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }
}

/// <summary>The four axes of Audiobox-Aesthetics, 1 to 10 by its training data (Tjandra et al. 2025, arXiv:2502.05139).</summary>
public sealed record AudioboxScores
{
    [Description("Technical quality: clarity, fidelity, dynamics, space.")]
    public required double ProductionQuality { get; init; }

    [Description("How many components the audio has.")]
    public required double ProductionComplexity { get; init; }

    [Description("How enjoyable the content is.")]
    public required double ContentEnjoyment { get; init; }

    [Description("How useful the content is as material.")]
    public required double ContentUsefulness { get; init; }

    [Description("The model's folder.")]
    public required string Model { get; init; }

    [Description("How many windows of 10 s went into the mean.")]
    public required int Windows { get; init; }
}

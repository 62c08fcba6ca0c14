using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests;

public sealed class ComposerEngineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1.00003)]
    [InlineData(7.3)]
    [InlineData(300)]
    public async Task GenerateAsync_AnyDuration_HasExactlyThatManyFrames(double durationSeconds)
    {
        var audio = await Pieces.PlayAsync(MusicalPlan.Neutral, durationSeconds);

        Assert.Equal(32_000, audio.SampleRate);
        Assert.Equal(2, audio.Channels);
        Assert.Equal((int)Math.Round(durationSeconds * 32_000) * 2, audio.Samples.Length);
        SoundAssert.IsClean(audio);
    }

    [Theory]
    [InlineData(0.99)]
    [InlineData(300.01)]
    [InlineData(double.NaN)]
    public async Task GenerateAsync_DurationOutOfRange_IsRefused(double durationSeconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Pieces.PlayAsync(MusicalPlan.Neutral, durationSeconds));

    [Fact]
    public async Task GenerateAsync_NoInstrument_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Pieces.PlayAsync(MusicalPlan.Neutral with { Instruments = [] }));

    [Fact]
    public async Task GenerateAsync_SameRequestTwiceAtOnce_GivesBitIdenticalSamples()
    {
        var both = await Task.WhenAll(Pieces.PlayAsync(Pieces.Spicy, 6, 42), Pieces.PlayAsync(Pieces.Spicy, 6, 42));

        Assert.True(both[0].Samples.AsSpan().SequenceEqual(both[1].Samples));
    }

    /// <summary>
    /// Holds the promise "same seed, same samples" across builds and machines: all mathematics is made of operations that IEEE 754 rounds
    /// the same way everywhere. A deliberate change of the sound changes the digest; then <c>Model</c> must change with it.
    /// </summary>
    [Theory]
    [InlineData(0.02, "9768727a387844371cc1c3b3f414d802eb3b5596c61e3edd6e6995c704f6bbbd", Instrument.Piano, Instrument.Flute, Instrument.Brass, Instrument.Marimba, Instrument.Bass)]
    [InlineData(0.7, "086bdf58fd332abe5f8b5ba4ee99da9944df21464b53c2515b000d0c8eebab21", Instrument.PluckedStrings, Instrument.BowedStrings, Instrument.Pad, Instrument.HandDrums, Instrument.Shaker)]
    public async Task GenerateAsync_KnownRequest_HasTheKnownDigest(double roughness, string digest, params Instrument[] instruments)
    {
        var plan = Pieces.Sweet with { Roughness = roughness, Consonance = 0.5, Instruments = instruments };

        Assert.Equal(digest, Digest(await Pieces.PlayAsync(plan, 4, 2026)));
    }

    [Fact]
    public async Task GenerateAsync_OtherSeeds_GiveOtherPieces()
    {
        var digests = new HashSet<string>();
        for (var seed = 0L; seed < 8; seed++)
        {
            digests.Add(Digest(await Pieces.PlayAsync(MusicalPlan.Neutral, 2, seed)));
        }

        digests.Add(Digest(await Pieces.PlayAsync(MusicalPlan.Neutral, 2, 4_294_967_295)));
        Assert.Equal(9, digests.Count);
    }

    [Fact]
    public async Task GenerateAsync_Progress_RisesFromAboveZeroToOne()
    {
        var reports = new ConcurrentQueue<double>();

        var progress = new ImmediateProgress(reports.Enqueue);
        await new ComposerEngine().GenerateAsync(Pieces.Request(MusicalPlan.Neutral, 20), progress, CancellationToken.None);

        var shares = reports.ToArray();
        Assert.InRange(shares.Length, 20, 101);
        Assert.All(shares, share => Assert.InRange(share, 0.0, 1.0));
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
        Assert.Single(shares, share => share == 1);
    }

    [Fact]
    public async Task GenerateAsync_TokenAlreadyTripped_ThrowsCancelled()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ComposerEngine().GenerateAsync(Pieces.Request(MusicalPlan.Neutral), null, new CancellationToken(canceled: true)));
    }

    /// <summary>Each share of the progress lies in another stage: notes, reverb, mastering.</summary>
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(0.85)]
    [InlineData(0.99)]
    public async Task GenerateAsync_CancelledOnTheWay_StopsWithoutFurtherProgress(double share)
    {
        using var cancellation = new CancellationTokenSource();
        var cancelledAt = 0L;
        var after = 0;
        var progress = new ImmediateProgress(done =>
        {
            if (cancelledAt != 0) after++;
            if (done < share || cancelledAt != 0) return;
            cancelledAt = Stopwatch.GetTimestamp();
            cancellation.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ComposerEngine().GenerateAsync(Pieces.Request(MusicalPlan.Neutral, 60), progress, cancellation.Token));

        // The promise is 50 ms; the rest is for a busy test machine.
        Assert.InRange(Stopwatch.GetElapsedTime(cancelledAt).TotalMilliseconds, 0, 500);
        Assert.Equal(0, after);
    }

    /// <summary>SHA-256 of the samples' bits, little endian.</summary>
    private static string Digest(GeneratedAudio audio) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(audio.Samples.AsSpan())));

    private sealed class ImmediateProgress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}

using System.Text.Json;
using AudioReprompt.Contracts;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Tests.Contracts;

public sealed class MusicalPlanReaderTests
{
    private static (MusicalPlan Plan, FieldErrors Errors) Read(string json)
    {
        var errors = new FieldErrors();
        using var document = JsonDocument.Parse(json);
        return (MusicalPlanReader.Read(document.RootElement, errors), errors);
    }

    [Fact]
    public void Read_WhatThePlanWrites_RoundTrips()
    {
        var plan = new MusicalPlan { TempoBpm = 131.5, Mode = Mode.Phrygian, Register = 0.9, Instruments = [Instrument.PluckedStrings, Instrument.HandDrums] };

        var (read, errors) = Read(JsonSerializer.Serialize(plan, WorkerJson.Default.MusicalPlan));

        Assert.False(errors.Any, errors.ToString());
        Assert.Equal(plan with { Instruments = [] }, read with { Instruments = [] });
        Assert.Equal(plan.Instruments, read.Instruments);
    }

    [Theory]
    [InlineData("""{"tempo_bpm":500}""", "plan.tempo_bpm", "from 40 to 200")]
    [InlineData("""{"register":-0.1}""", "plan.register", "from 0 to 1")]
    [InlineData("""{"mode":"locrian"}""", "plan.mode", "must be one of major, minor")]
    [InlineData("""{"mode":3}""", "plan.mode", "must be one of major, minor")]
    [InlineData("""{"instruments":[]}""", "plan.instruments", "1 to 6")]
    [InlineData("""{"instruments":["kazoo"]}""", "plan.instruments", "must be one of piano, marimba, plucked_strings")]
    [InlineData("""{"instruments":["piano","piano"]}""", "plan.instruments", "names piano twice")]
    [InlineData("""{"swing":1}""", "plan.swing", "is not a field of plan")]
    [InlineData("""7""", "plan", "must be a JSON object")]
    public void Read_BadPlan_NamesTheField(string json, string field, string message)
    {
        var (_, errors) = Read(json);
        Assert.Contains(message, Assert.Contains(field, errors.ByField).Single(), StringComparison.Ordinal);
    }
}

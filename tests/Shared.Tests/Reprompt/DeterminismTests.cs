using System.Text.Json;
using AudioReprompt.Reprompt.Writing;

namespace AudioReprompt.Reprompt;

public class DeterminismTests
{
    [Fact]
    public void RefineAsync_SamePromptInAnotherRefiner_GivesTheSameAnswer()
    {
        var other = PromptRefiner.Load(Refining.DataFolder);

        Assert.All(SamplePrompts.All, prompt => Assert.Equal(
            JsonSerializer.Serialize(Refining.Refine(prompt)),
            JsonSerializer.Serialize(Refining.Refine(other, prompt))));
    }

    [Fact]
    public void RefineAsync_ConcurrentCalls_GiveTheSameAnswers()
    {
        var prompts = SamplePrompts.All;
        var expected = prompts.Select(prompt => Refining.Refine(prompt).Text).ToList();
        var found = new string[prompts.Count * 20];

        Parallel.For(0, found.Length, place => found[place] = Refining.Refine(prompts[place % prompts.Count]).Text);

        Assert.All(found.Select((text, place) => (text, place)), one => Assert.Equal(expected[one.place % prompts.Count], one.text));
    }

    [Fact]
    public async Task RefineAsync_CancelledToken_IsCancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Refining.Refiner.RefineAsync("a sweet drink at home", new CancellationToken(canceled: true)));

    // Computed from the definition of FNV-1a, in Python, over the UTF-16LE bytes.
    [Theory]
    [InlineData("", 0xCBF29CE484222325)]
    [InlineData("a", 0x089BE207B544F1E4)]
    [InlineData("taco al pastor", 0x12EDDCDBC5E803EA)]
    public void Fnv1a_KnownText_HasItsPublishedHash(string text, ulong hash) => Assert.Equal(hash, Variation.Fnv1a(text));
}

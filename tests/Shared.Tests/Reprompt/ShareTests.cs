namespace AudioReprompt.Reprompt;

/// <summary>Two dishes, and how much there is of each.</summary>
public sealed class ShareTests
{
    [Theory]
    [InlineData("On the plate: 70 % lemon, 30 % sugar", "sour")]
    [InlineData("On the plate: 30 % lemon, 70 % sugar", "sweet")]
    [InlineData("seventy apart, it is 70 percent sugar and 30 percent lemon", "sweet")]
    [InlineData("una mezcla con 80 por ciento de limón y 20 por ciento de azúcar", "sour")]
    [InlineData("mostly lemon with a spoonful of sugar for lunch", "sour")]
    [InlineData("casi todo azúcar y unas gotas de limón en la cocina", "sweet")]
    public async Task Refine_TwoFoodsWithShares_TastesOfTheLargerOne(string prompt, string taste)
    {
        var refined = await Refining.Refiner.RefineAsync(prompt, CancellationToken.None);
        Assert.Equal(taste, refined.Profile.DominantTaste);
    }

    [Fact]
    public async Task Refine_ShareOfAThingThatIsTakenAway_StaysTakenAway()
    {
        var refined = await Refining.Refiner.RefineAsync("mostly lemon and no sugar at all, please", CancellationToken.None);
        Assert.False(refined.Profile.Tastes.TryGetValue("sweet", out var sweet) && sweet > 0.2);
    }

    [Theory]
    [InlineData("we were 90 people at the long table and it was loud")]
    [InlineData("I am 100 % sure that the train leaves at noon")]
    public async Task Refine_NumbersWithoutFood_MeanNothing(string prompt) =>
        Assert.Equal("neutral", (await Refining.Refiner.RefineAsync(prompt, CancellationToken.None)).Profile.DominantTaste);
}

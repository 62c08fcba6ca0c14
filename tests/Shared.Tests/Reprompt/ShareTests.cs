namespace AudioReprompt.Reprompt;

/// <summary>Two dishes, and how much there is of each.</summary>
public sealed class ShareTests
{
    [Theory]
    [InlineData("On the plate: 70 % lemon, 30 % sugar", "sour")]
    [InlineData("On the plate: 30 % lemon, 70 % sugar", "sweet")]
    [InlineData("seventy apart, it is 70 percent sugar and 30 percent lemon", "sweet")]
    [InlineData("una mezcla con 80 por ciento de limón y 20 por ciento de azúcar", "sour")]
    [InlineData("ninety percent lemon and ten percent sugar in one glass", "sour")]
    [InlineData("eighty-five per cent sugar, fifteen per cent lemon", "sweet")]
    [InlineData("un ochenta y cinco por ciento de limón y un quince por ciento de azúcar", "sour")]
    [InlineData("noventa porciento azúcar y lo demás limón", "sweet")]
    [InlineData("three quarters lemon, one quarter sugar, shaken", "sour")]
    [InlineData("dos tercios de azúcar y un tercio de limón", "sweet")]
    [InlineData("a quarter of the glass is sugar, three quarters of it lemon", "sour")]
    [InlineData("tres cuartas partes de limón y una cuarta parte de azúcar", "sour")]
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
    [InlineData("noventa por ciento miel y diez por ciento queso salado", "sweet")]
    [InlineData("ninety percent honey, ten percent salty cheese", "sweet")]
    [InlineData("cinco sextos de limón y un sexto de azúcar, batido", "sour")]
    [InlineData("a whole teaspoon of mustard, creamy and strong", "spicy")]
    public async Task Refine_AdjectivesBesideAShare_BelongToTheirFood(string prompt, string taste)
    {
        var refined = await Refining.Refiner.RefineAsync(prompt, CancellationToken.None);
        Assert.Equal(taste, refined.Profile.DominantTaste);
    }

    [Theory]
    [InlineData("a spoonful of sugar for me this morning", "sweet")]
    [InlineData("un sorbito de limón y ya", "sour")]
    public void Refine_SmallShareOfTheOnlyFood_CountsFully(string prompt, string taste) => Assert.InRange(Refining.Taste(prompt, taste), 0.7, 1);

    /// <summary>"half", "third" and "cuarto" mean other things too.</summary>
    [Theory]
    [InlineData("the third lemon of the day and some sugar in a glass", "the last lemon of the day and some sugar in a glass")]
    [InlineData("azúcar y limón en mi cuarto oscuro, de noche", "azúcar y limón en mi pasillo oscuro, de noche")]
    public async Task Refine_WordsForPartsThatAreNone_ChangeNothing(string prompt, string plain)
    {
        var read = await Refining.Refiner.RefineAsync(prompt, CancellationToken.None);
        Assert.Equal((await Refining.Refiner.RefineAsync(plain, CancellationToken.None)).Profile.Tastes, read.Profile.Tastes);
    }

    [Theory]
    [InlineData("we were 90 people at the long table and it was loud")]
    [InlineData("I am 100 % sure that the train leaves at noon")]
    [InlineData("ninety percent of the passengers missed the night train")]
    [InlineData("tres cuartos de hora esperando el autobús en la esquina")]
    public async Task Refine_NumbersWithoutFood_MeanNothing(string prompt) =>
        Assert.Equal("neutral", (await Refining.Refiner.RefineAsync(prompt, CancellationToken.None)).Profile.DominantTaste);
}

namespace AudioReprompt.Reprompt;

public class TasteWordTests
{
    [Theory]
    [InlineData("this is a sweet thing to have", "sweet")]
    [InlineData("esto es algo muy dulce", "sweet")]
    [InlineData("this is a sour thing to have", "sour")]
    [InlineData("esto es algo bastante ácido", "sour")]
    [InlineData("this is a salty thing to have", "salty")]
    [InlineData("esto es algo salado y nada más", "salty")]
    [InlineData("this is a bitter thing to have", "bitter")]
    [InlineData("esto es una cosa amarga", "bitter")]
    [InlineData("this is a savoury thing to have", "umami")]
    [InlineData("esto es una cosa sabrosa", "umami")]
    [InlineData("this is a spicy thing to have", "spicy")]
    [InlineData("esto es una cosa picante", "spicy")]
    public void RefineAsync_TasteWord_IsTheDominantTaste(string prompt, string taste) =>
        Assert.Equal(taste, Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("a creamy thing in the evening", "creamy")]
    [InlineData("una cosa cremosa por la tarde", "creamy")]
    [InlineData("a crunchy thing in the evening", "crunchy")]
    [InlineData("una cosa crujiente por la tarde", "crunchy")]
    [InlineData("a rough thing in the evening", "rough")]
    [InlineData("una cosa áspera por la tarde", "rough")]
    [InlineData("a fluffy thing in the evening", "soft")]
    [InlineData("una cosa esponjosa por la tarde", "soft")]
    [InlineData("a fizzy thing in the evening", "fizzy")]
    [InlineData("una cosa burbujeante por la tarde", "fizzy")]
    public void RefineAsync_TextureWord_IsInTheProfile(string prompt, string texture) =>
        Assert.InRange(Refining.Texture(prompt, texture), 0.5, 1);

    [Theory]
    [InlineData("an iced drink, whatever it is", -1, -0.7)]
    [InlineData("una bebida con hielo, la que sea", -1, -0.7)]
    [InlineData("a steaming bowl of something", 0.7, 1)]
    [InlineData("un plato humeante de lo que sea", 0.7, 1)]
    [InlineData("a bowl of something, who knows", 0, 0)]
    public void RefineAsync_TemperatureWord_SetsTheTemperature(string prompt, double from, double to) =>
        Assert.InRange(Refining.Refine(prompt).Profile.Temperature, from, to);

    [Theory]
    [InlineData("a sweet drink", "a very sweet drink", "sweet")]
    [InlineData("a spicy dish", "an extremely spicy dish", "spicy")]
    [InlineData("una bebida dulce", "una bebida muy dulce", "sweet")]
    [InlineData("un plato picante", "un plato extra picante", "spicy")]
    [InlineData("un plato ácido", "un plato acidísimo", "sour")]
    public void RefineAsync_Intensifier_RaisesTheTaste(string plain, string modified, string taste) =>
        Assert.True(Refining.Taste(modified, taste) > Refining.Taste(plain, taste));

    [Theory]
    [InlineData("a sweet drink", "a slightly sweet drink", "sweet")]
    [InlineData("a spicy dish", "a dish that is not too spicy", "spicy")]
    [InlineData("a salty dish", "a dish that isn't very salty", "salty")]
    [InlineData("a curry for us", "a curry for us, not too spicy", "spicy")]
    [InlineData("una bebida dulce", "una bebida un poco dulce", "sweet")]
    [InlineData("un plato picante", "un plato no muy picante", "spicy")]
    [InlineData("un curry para dos", "un curry para dos, no demasiado picante", "spicy")]
    [InlineData("una sopa salada", "una sopa poco salada", "salty")]
    public void RefineAsync_Diminisher_LowersTheTasteAndKeepsSome(string plain, string modified, string taste)
    {
        var weight = Refining.Taste(modified, taste);

        Assert.True(weight < Refining.Taste(plain, taste), $"{taste} {weight}");
        Assert.InRange(weight, 0.05, 0.6);
    }

    [Theory]
    [InlineData("a lemonade for the road", "a lemonade without sugar for the road", "sweet")]
    [InlineData("a lemonade for the road", "an unsweetened lemonade for the road", "sweet")]
    [InlineData("a lemonade for the road", "a lemonade, not sweet, for the road", "sweet")]
    [InlineData("a lemonade for the road", "a sugar-free lemonade for the road", "sweet")]
    [InlineData("una limonada para el camino", "una limonada sin azúcar para el camino", "sweet")]
    [InlineData("una limonada para el camino", "una limonada sin nada de azúcar para el camino", "sweet")]
    [InlineData("unas papas fritas calientes", "unas papas fritas sin sal", "salty")]
    [InlineData("french fries for the table", "unsalted french fries for the table", "salty")]
    [InlineData("un taco de la esquina", "un taco que no pica", "spicy")]
    public void RefineAsync_Negation_TakesMostOfTheTasteAway(string plain, string negated, string taste)
    {
        var before = Refining.Taste(plain, taste);

        Assert.InRange(before, 0.3, 1);
        Assert.InRange(Refining.Taste(negated, taste), 0, before / 3);
    }

    [Fact]
    public void RefineAsync_NegatedIngredient_LeavesTheOtherTastes() =>
        Assert.Equal(Refining.Taste("a lemonade for the road", "sour"), Refining.Taste("a lemonade without sugar for the road", "sour"));

    [Theory]
    [InlineData("no sugar or honey in this sour lemonade")]
    [InlineData("una limonada ácida sin azúcar ni miel")]
    public void RefineAsync_NegatedList_TakesAwayEveryItem(string prompt)
    {
        var words = Refining.Refine(prompt).Explanation.Words;

        Assert.Equal(2, words.Count(word => word.Dimensions.TryGetValue("sweet", out var sweet) && sweet < 0));
        Assert.Equal("sour", Refining.Refine(prompt).Profile.DominantTaste);
    }

    [Theory]
    [InlineData("not sweet but very bitter, this one", "bitter")]
    [InlineData("nada dulce, pero muy amargo", "bitter")]
    [InlineData("don't forget the sweet honey", "sweet")]
    [InlineData("not only sweet, this one", "sweet")]
    [InlineData("no solo dulce, también cremoso", "sweet")]
    public void RefineAsync_NegationThatEnds_LeavesTheNextTaste(string prompt, string taste) =>
        Assert.Equal(taste, Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("two tacos and three mangoes", "taco", "mango")]
    [InlineData("cookies, cherries and peaches", "cookie", "cherry", "peach")]
    [InlineData("dos limones y tres nueces con panes", "limón", "nuez", "pan")]
    [InlineData("chocolates amargos y tacos al pastor", "chocolate amargo", "taco al pastor")]
    public void RefineAsync_Plural_IsTheSameFood(string prompt, params string[] singulars)
    {
        var words = Refining.Refine(prompt).Explanation.Words;

        Assert.Equal(singulars.Length, words.Count);
        foreach (var (word, singular) in words.Zip(singulars))
            Assert.Equal(Refining.Refine("aquí hay un " + singular).Explanation.Words[0].Dimensions, word.Dimensions);
    }

    [Theory]
    [InlineData("unos taquitos para mi amigo", "un taco para mi amigo", "umami")]
    [InlineData("un cafecito con pan", "un café con pan", "bitter")]
    [InlineData("un pastelito para ti", "un pastel para ti", "sweet")]
    [InlineData("una sopita de la casa", "una sopa de la casa", "umami")]
    [InlineData("un juguito para el niño", "un jugo para el niño", "sour")]
    [InlineData("un flancito para ti", "un flan para ti", "sweet")]
    public void RefineAsync_SpanishDiminutive_IsTheSameFood(string small, string plain, string taste) =>
        Assert.Equal(Refining.Taste(plain, taste), Refining.Taste(small, taste));

    [Theory]
    [InlineData("UN CAFÉ AMARGO EN SILENCIO")]
    [InlineData("un cafe amargo en silencio")]
    [InlineData("un cafe\u0301 amargo en silencio")]
    [InlineData("un  CaFé,\tamargo… ¡en silencio!")]
    public void RefineAsync_CaseAccentsAndPunctuation_DoNotMatter(string prompt)
    {
        var expected = Refining.Refine("un café amargo en silencio");
        var refined = Refining.Refine(prompt);

        Assert.Equal(expected.Profile.Tastes, refined.Profile.Tastes);
        Assert.Equal(expected.Text, refined.Text);
    }

    [Theory]
    [InlineData("some dark chocolate, please", "dark chocolate", "bitter")]
    [InlineData("some milk chocolate, please", "milk chocolate", "sweet")]
    [InlineData("un café con leche, por favor", "café con leche", "creamy")]
    [InlineData("a blue-cheese dressing here", "blue-cheese", "salty")]
    [InlineData("un chile piquín, por favor", "chile piquín", "spicy")]
    public void RefineAsync_FoodOfSeveralWords_IsOneFinding(string prompt, string word, string dimension)
    {
        var found = Assert.Single(Refining.Refine(prompt).Explanation.Words);

        Assert.Equal(word, found.Word);
        Assert.Equal(dimension, found.Dimensions.MaxBy(weight => weight.Value).Key);
    }

    [Fact]
    public void RefineAsync_CommaInsideAName_PartsIt() =>
        Assert.Equal(["dark", "chocolate"], Refining.Refine("it is dark, chocolate is here").Explanation.Words.Select(word => word.Word));

    [Theory]
    [InlineData("the pan is on the stove, as always")]
    [InlineData("te quiero mucho, mi vida entera")]
    [InlineData("my mate is here for the weekend")]
    [InlineData("el papá de Ana llegó de lejos")]
    [InlineData("Ron sent us the sales figures of May")]
    [InlineData("pure joy, and nothing to add to it")]
    public void RefineAsync_WordThatIsAFoodInTheOtherLanguageOnly_IsNoFood(string prompt) =>
        Assert.Empty(Refining.Refine(prompt).Profile.Tastes);

    [Theory]
    [InlineData("té para dos en la terraza", "bitter")]
    [InlineData("🍫🍫🍫 all afternoon long", "sweet")]
    [InlineData("extra 🌶️ on everything we have", "spicy")]
    public void RefineAsync_AccentOrEmojiAsTheOnlyHint_IsUnderstood(string prompt, string taste) =>
        Assert.Equal(taste, Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("a beer on a hot beach", false)]
    [InlineData("una cerveza en una playa caliente", false)]
    [InlineData("a hot tea on a cold beach", true)]
    [InlineData("un té caliente en una playa muy fría", true)]
    public void RefineAsync_TemperatureOfThePlace_IsNotTheFoods(string prompt, bool hot) =>
        Assert.Equal(hot, Refining.Refine(prompt).Profile.Temperature > 0);
}

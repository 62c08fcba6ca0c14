namespace AudioReprompt.Reprompt.Retrieval;

public class Bm25IndexTests
{
    private static readonly Bm25Index Index = new(
    [
        new SearchedEntry(["lemon"], ["citrus", "limon"], ["sour"]),
        new SearchedEntry(["lemon", "pie"], ["tart"], ["sweet", "sour"]),
        new SearchedEntry(["vinegar"], ["lemon"], ["sour"]),
        new SearchedEntry(["honey"], [], ["sweet"]),
        new SearchedEntry(["candy"], ["lollipop"], ["sweet", "lemon"]),
    ]);

    [Fact]
    public void Search_Word_RanksNamesBeforeAliasesBeforeDescriptors() => Assert.Equal([0, 1, 2, 4], Found("lemon"));

    [Fact]
    public void Search_SeveralWords_RanksTheEntryWithAll() => Assert.Equal(1, Found("lemon", "pie")[0]);

    [Fact]
    public void Search_RareWord_CountsMoreThanACommonOne() => Assert.Equal(3, Found("sour", "honey")[0]);

    [Theory]
    [InlineData("vinegra", 2)]
    [InlineData("lolipop", 4)]
    [InlineData("honney", 3)]
    public void Search_MisspelledWord_IsFoundByItsLetters(string word, int expected) => Assert.Equal(expected, Found(word)[0]);

    [Fact]
    public void Search_NothingAlike_FindsNothing() => Assert.Empty(Found("quux", "", "ж"));

    [Fact]
    public void Search_Most_IsTheLimit() => Assert.Equal([0, 1], Index.Search(["lemon"], 2).Select(hit => hit.Entry));

    [Fact]
    public void Search_Twice_GivesTheSame() => Assert.Equal(Index.Search(["sweet", "lemmon"], 5), Index.Search(["sweet", "lemmon"], 5));

    private static List<int> Found(params string[] words) => Index.Search(words, 10).ConvertAll(hit => hit.Entry);
}

using System.Globalization;
using System.Text;
using AudioReprompt.Evaluation;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Evaluation;

public sealed class PromptTableTests
{
    private const string Cake = "My grandmother's honey cake on a Sunday";

    [Fact]
    public void Parse_GoodTable_GivesItsRows()
    {
        var table = Parse($"id,prompt,taste\na-1,{Cake},sweet\na-2,  A squeeze of lemon over oysters  , Sour \n");

        Assert.Empty(table.Problems);
        Assert.Equal([new PromptRow(2, "a-1", Cake, "sweet"), new PromptRow(3, "a-2", "A squeeze of lemon over oysters", "sour")], table.Rows);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    public void Parse_ColumnsInAnyOrderAmongOthersAndWithoutTaste_AreFound(string delimiter)
    {
        var table = Parse($"Prompt,note,\"ID\"\r\n{Cake},x,7\r\n".Replace(",", delimiter, StringComparison.Ordinal));

        Assert.Empty(table.Problems);
        Assert.Equal([new PromptRow(2, "7", Cake, "")], table.Rows);
    }

    [Fact]
    public void Parse_ByteOrderMark_IsNoPartOfTheFirstName()
    {
        var table = PromptTable.Parse([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes($"id,prompt\n1,{Cake}\n")]);

        Assert.Empty(table.Problems);
        Assert.Equal("1", Assert.Single(table.Rows).Id);
    }

    [Fact]
    public void Parse_QuotedFields_KeepCommasQuotesAndLineEnds()
    {
        var table = Parse("id,note,prompt\n1,\"over\ntwo lines\",\"Salt, \"\"fleur de sel\"\", on a ripe tomato\"\n2,,\"Dark chocolate, melting slowly\"\n");

        Assert.Empty(table.Problems);
        Assert.Equal(
            [(2, "Salt, \"fleur de sel\", on a ripe tomato"), (4, "Dark chocolate, melting slowly")],
            table.Rows.Select(row => (row.Line, row.Prompt)));
    }

    [Fact]
    public void Parse_EveryKindOfBadRow_IsNamedByLineAndTheRestGoesOn()
    {
        var table = Parse(string.Join('\n',
            "id,prompt,taste",                                       // 1
            $"1,{Cake},sweet",                                       // 2
            "2,Too few of them for this",                            // 3
            "3,Lemon, lime and salt on a rim,sour",                  // 4
            ",A prompt that nobody can name,sour",                   // 5
            $"1,{Cake} once more,sweet",                             // 6
            "4,,bitter",                                             // 7
            "5,too short,bitter",                                    // 8
            $"6,{new string('x', 801)},bitter",                      // 9
            "",                                                      // 10
            "7,The bill said \"extra bitter\" in print,bitter",      // 11
            "8,\"The radicchio\nof Treviso, grilled\",bitter",       // 12, 13
            "9,Black coffee without any sugar,all",                  // 14
            $"{new string('i', 101)},Black coffee without any sugar,bitter", // 15
            $"10,Black coffee without any sugar,{new string('t', 41)}", // 16
            "11,Black coffee without any sugar,bitter"));            // 17

        Assert.Equal([(2, "1"), (17, "11")], table.Rows.Select(row => (row.Line, row.Id)));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 16], table.Problems.Select(problem => problem.Line));
        Assert.Equal("line 3: this row has 2 columns, the first 3 columns; a text with a comma in it stands in double quotes.", table.Problems[0].ToString());
        Assert.Contains("this row has 4 columns", table.Problems[1].Message, StringComparison.Ordinal);
        Assert.Contains("id is empty", table.Problems[2].Message, StringComparison.Ordinal);
        Assert.Contains("id 1 is that of line 2 already", table.Problems[3].Message, StringComparison.Ordinal);
        Assert.All(table.Problems.Skip(4).Take(3), problem => Assert.Contains("16", problem.Message, StringComparison.Ordinal));
        Assert.All(table.Problems.Skip(4).Take(3), problem => Assert.Contains("800", problem.Message, StringComparison.Ordinal));
        Assert.Contains("a double quote stands inside a text", table.Problems[7].Message, StringComparison.Ordinal);
        Assert.Contains("may not hold control characters", table.Problems[8].Message, StringComparison.Ordinal);
        Assert.Contains("taste may not be all", table.Problems[9].Message, StringComparison.Ordinal);
        Assert.Contains("at most 100 characters", table.Problems[10].Message, StringComparison.Ordinal);
        Assert.Contains("at most 40 characters", table.Problems[11].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_QuoteThatIsNeverClosed_IsNamedWhereItOpens()
    {
        var table = Parse($"id,prompt\n1,{Cake}\n2,\"Never closed again\n3,{Cake}\n4,{Cake}\n");

        Assert.Equal([2], table.Rows.Select(row => row.Line));
        Assert.Equal(3, Assert.Single(table.Problems).Line);
        Assert.Contains("not closed", table.Problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, "the file is empty")]
    [InlineData("\n \n", 1, "the file is empty")]
    [InlineData("id,text\n1,A squeeze of lemon\n", 1, "there is no column prompt; the columns are id, text.")]
    [InlineData("\n\nprompt,taste\nA squeeze of lemon,sour\n", 3, "there is no column id; the columns are prompt, taste.")]
    [InlineData("id,prompt,prompt\n1,a,b\n", 1, "there are 2 columns prompt")]
    [InlineData("id,prompt\n", 1, "there are no rows")]
    [InlineData("id,prompt\n  ", 1, "there are no rows")]
    public void Parse_TableThatCannotBeUsed_SaysWhy(string csv, int line, string message)
    {
        var table = Parse(csv);

        Assert.Empty(table.Rows);
        var problem = Assert.Single(table.Problems);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
    }

    [Fact]
    public void Parse_OtherEncodings_AreNamedWithTheirLine()
    {
        var latin = PromptTable.Parse(Encoding.Latin1.GetBytes($"id,prompt\n1,{Cake}\n2,Crème brûlée with a spoon\n"));
        var wide = PromptTable.Parse([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("id,prompt\n")]);

        Assert.Equal((3, true), (latin.Problems.Single().Line, latin.Problems[0].Message.Contains("not UTF-8", StringComparison.Ordinal)));
        Assert.Contains("UTF-16", wide.Problems.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TenThousandRows_AreAllRead()
    {
        var csv = new StringBuilder("id,note,prompt,taste\r\n");
        for (var row = 0; row < 10_000; row++) csv.Append(CultureInfo.InvariantCulture, $"p{row},\"two\r\nlines\",\"Prompt {row}, with honey\",sweet\r\n");

        var table = Parse(csv.ToString());

        Assert.Empty(table.Problems);
        Assert.Equal(10_000, table.Rows.Count);
        Assert.Equal(new PromptRow(20_000, "p9999", "Prompt 9999, with honey", "sweet"), table.Rows[^1]);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(15, false)]
    [InlineData(800, true)]
    [InlineData(801, false)]
    public void Parse_PromptAtTheLimits_IsCountedInCodePoints(int count, bool taken)
    {
        var table = Parse($"id,prompt\n1,{string.Concat(Enumerable.Repeat("🍋", count))}\n");

        Assert.Equal((taken ? 1 : 0, taken ? 0 : 1), (table.Rows.Count, table.Problems.Count));
    }

    [Fact]
    public void Read_File_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "prompts.csv");
        File.WriteAllText(file, $"id,prompt\n1,{Cake}\n");

        Assert.Equal(Cake, Assert.Single(PromptTable.Read(file).Rows).Prompt);
        Assert.Throws<FileNotFoundException>(() => PromptTable.Read(Path.Combine(folder.Path, "none.csv")));
    }

    private static PromptTable Parse(string csv) => PromptTable.Parse(Encoding.UTF8.GetBytes(csv));
}

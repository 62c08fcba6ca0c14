using AudioReprompt.Evaluation.Studies;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Evaluation.Studies;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.Combine("clips.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_ThenOpen_GivesTheLinesInTheirOrder()
    {
        using (var lines = Open())
        {
            lines.Append(new GeneratedClip("a.wav", "1"));
            lines.Append(new GeneratedClip("ñ.wav", "2"));
        }

        using var again = Open();
        Assert.Equal([new GeneratedClip("a.wav", "1"), new GeneratedClip("ñ.wav", "2")], again.Read);
    }

    /// <summary>Wherever a kill cuts the file, the whole lines stay and the next one begins on a line of its own.</summary>
    [Fact]
    public void Open_CutAtEveryByte_KeepsWholeLinesAndGoesOn()
    {
        using (var lines = Open())
        {
            lines.Append(new GeneratedClip("a.wav", "1"));
            lines.Append(new GeneratedClip("b.wav", "2"));
        }

        var whole = System.IO.File.ReadAllBytes(File);
        var firstLine = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (var length = 0; length <= whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using (var lines = Open()) lines.Append(new GeneratedClip("c.wav", "3"));

            var expected = (length == whole.Length ? new[] { "a.wav", "b.wav" } : length >= firstLine ? ["a.wav"] : []).Append("c.wav");
            Assert.Equal(expected, JsonLines.Read(File, StudyJson.Default.GeneratedClip).Select(clip => clip.File));
        }
    }

    [Theory]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"file\":\"x.wav\"}")]
    [InlineData("not JSON")]
    [InlineData("null")]
    public void Open_LineThatCannotBeRead_CountsAsMissing(string line)
    {
        System.IO.File.WriteAllText(File, $"{line}\n{{\"file\":\"a.wav\",\"sha256\":\"1\"}}\n");

        using var lines = Open();

        Assert.Equal([new GeneratedClip("a.wav", "1")], lines.Read);
    }

    private JsonLines<GeneratedClip> Open() => new(File, StudyJson.Default.GeneratedClip);
}

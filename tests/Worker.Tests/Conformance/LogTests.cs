using System.Text;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 60 to 63: the log.</summary>
public class LogTests
{
    [Theory]
    [InlineData(false, "INFO   | Hello ö\nINFO   | j1 | Hello ö\n")]
    [InlineData(true, "{\"requestId\": null, \"message\": \"Hello \\u00F6\", \"level\": \"INFO\"}\n{\"requestId\": \"j1\", \"message\": \"Hello \\u00F6\", \"level\": \"INFO\"}\n")]
    public void P60_Line_InEachFormat_IsTheReferences(bool asJson, string expected) => Assert.Equal(
        expected,
        Written(asJson, LogLevel.Debug, logger =>
        {
            Say(logger, LogLevel.Information, "Hello ö");
            using var scope = logger.BeginJob("j1", null);
            Say(logger, LogLevel.Information, "Hello ö");
        }),
        ignoreCase: true);

    [Fact]
    public async Task P60_Lines_OfAJob_AreThoseThatOperatorsLookFor()
    {
        await using var rig = await PlatformRig.StartAsync(job => job.Input.ValueKind == System.Text.Json.JsonValueKind.Null ? throw new InvalidOperationException("x") : job.Input);
        rig.Plane.OfferId("j1", "1");
        rig.Plane.OfferId("j2", "null");
        foreach (var line in (string[])["INFO   | j1 | Started.\n", "INFO   | j1 | Finished.\n", "INFO   | Jobs in queue: 0\n", "INFO   | Jobs in progress: 1\n", "ERROR  | j2 | Captured Handler Exception\n"])
            await rig.LoggedAsync(line);
    }

    [Fact]
    public void P61_Message_LongerThan4096_IsCutInTheMiddle()
    {
        var text = new string('a', 3000) + new string('b', 3000);
        var written = Written(false, LogLevel.Debug, logger => Say(logger, LogLevel.Warning, text));
        Assert.Equal($"WARN   | {new string('a', 2048)}\n...TRUNCATED 1904 CHARACTERS...\n{new string('b', 2048)}\n", written);
        Assert.Contains(new string('c', 4096) + "\n", Written(false, LogLevel.Debug, logger => Say(logger, LogLevel.Warning, new string('c', 4096))));
    }

    [Fact]
    public async Task P62_BatchId_OfAJob_StandsBeforeItsMessages()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Offer("""{"id":"j1","input":1,"batchId":"b7"}""");
        await rig.LoggedAsync("INFO   | j1 | [batchId=b7] Started.\n");
        await rig.LoggedAsync("INFO   | j1 | [batchId=b7] Finished.\n");
    }

    [Theory]
    [InlineData("error", LogLevel.Error)]
    [InlineData("WARN", LogLevel.Warning)]
    [InlineData("Info", LogLevel.Information)]
    [InlineData("TIP", LogLevel.Information)]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("NOTSET", LogLevel.None)]
    public void P63_Level_Name_IsKnownInAnyCase(string name, LogLevel level) => Assert.Equal(level, PlatformLog.LevelOf(name));

    [Theory]
    [InlineData("WARNING")]
    [InlineData("20")]
    [InlineData("")]
    public void P63_Level_OtherName_IsNone(string name) => Assert.Null(PlatformLog.LevelOf(name));

    [Fact]
    public void P63_Level_Least_LeavesTheOthersOut()
    {
        Assert.Equal("ERROR  | b\n", Written(false, LogLevel.Error, Both));
        Assert.Equal("", Written(false, LogLevel.None, Both));

        static void Both(ILogger logger)
        {
            Say(logger, LogLevel.Warning, "a");
            Say(logger, LogLevel.Error, "b");
        }
    }

    private static string Written(bool asJson, LogLevel least, Action<ILogger> write)
    {
        var output = new MemoryStream();
        using var log = new PlatformLog(output, least, asJson);
        write(log.CreateLogger("test"));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Say(ILogger logger, LogLevel level, string message) => logger.Log(level, 0, message, null, (text, _) => text);
}

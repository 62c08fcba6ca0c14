using System.Text;
using AudioReprompt.Contracts;
using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Tests.RunPod;

public class EndpointJobTests
{
    private static EndpointJob Parse(string json) => EndpointJob.Parse(Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("IN_QUEUE", EndpointStatus.InQueue, false)]
    [InlineData("IN_PROGRESS", EndpointStatus.InProgress, false)]
    [InlineData("RUNNING", EndpointStatus.InProgress, false)]
    [InlineData("COMPLETED", EndpointStatus.Completed, true)]
    [InlineData("FAILED", EndpointStatus.Failed, true)]
    [InlineData("CANCELLED", EndpointStatus.Cancelled, true)]
    [InlineData("TIMED_OUT", EndpointStatus.TimedOut, true)]
    [InlineData("THROTTLED_2031", EndpointStatus.Unknown, false)]
    public void Parse_EachState_IsKnownAsAnEndOrNot(string text, EndpointStatus status, bool terminal)
    {
        var job = Parse($$"""{"id":"a-u1","status":"{{text}}"}""");
        Assert.Equal(status, job.Status);
        Assert.Equal(terminal, job.Status.IsTerminal());
    }

    [Fact]
    public void Parse_OnlyIdAndStatus_LeavesTheRestOpen() =>
        Assert.Equal(new EndpointJob("a", EndpointStatus.Completed), Parse("""{"id":"a","status":"COMPLETED"}"""));

    [Fact]
    public void Parse_WholeRecord_ReadsEveryFieldAndIgnoresOthers()
    {
        var job = Parse("""
            {"id":"a","status":"COMPLETED","output":{"seed":7},"delayTime":120,"executionTime":1500.5,"workerId":"w1","retries":2,"input":{}}
            """);
        Assert.Equal(7, job.Output!.Value.GetProperty("seed").GetInt32());
        Assert.Equal(TimeSpan.FromMilliseconds(120), job.DelayTime);
        Assert.Equal(TimeSpan.FromMilliseconds(1500.5), job.ExecutionTime);
        Assert.Equal("w1", job.WorkerId);
        Assert.Null(job.Error);
    }

    [Fact]
    public void Parse_FieldsOfWrongTypes_AreIgnored() =>
        Assert.Equal(
            new EndpointJob("a", EndpointStatus.InQueue),
            Parse("""{"id":"a","status":"IN_QUEUE","delayTime":"soon","executionTime":-1,"workerId":5,"output":null,"error":null}"""));

    [Theory]
    [InlineData("\"out of memory\"", "out of memory", null)]
    [InlineData("\"{not json\"", "{not json", null)]
    [InlineData("{\"code\":5}", "{\"code\":5}", null)]
    [InlineData("\"\"", null, null)]
    [InlineData("{\"error_type\":\"T\",\"error_message\":\"m\"}", "m", "T")]
    [InlineData("\"{\\\"error_type\\\":\\\"<class 'ValueError'>\\\",\\\"error_message\\\":\\\"bad\\\"}\"", "bad", "<class 'ValueError'>")]
    public void Parse_Error_IsReadableWhateverItsForm(string error, string? message, string? type)
    {
        var job = Parse($$"""{"id":"a","status":"FAILED","error":{{error}}}""");
        Assert.Equal(message, job.Error);
        Assert.Equal(type, job.ErrorType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"id\":\"a\",\"sta")]
    [InlineData("[]")]
    [InlineData("{\"status\":\"COMPLETED\"}")]
    [InlineData("{\"id\":\"\",\"status\":\"COMPLETED\"}")]
    [InlineData("{\"id\":\"a\"}")]
    [InlineData("{\"id\":\"a\",\"status\":3}")]
    [InlineData("{\"id\":\"\\ud800\",\"status\":\"COMPLETED\"}")]
    public void Parse_NoJobRecord_Throws(string body) => Assert.Throws<EndpointException>(() => Parse(body));

    [Fact]
    public void ToString_WithOutput_ShowsNothingOfIt() =>
        Assert.Equal("a COMPLETED", Parse("""{"id":"a","status":"COMPLETED","output":"private"}""").ToString());

    [Fact]
    public void ErrorType_OfAnInvalidInput_IsTheNameInTheContract() =>
        Assert.Equal(InvalidInputException.ErrorType, typeof(InvalidInputException).FullName);
}

using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Tests.RunPod;

public class EndpointAddressTests
{
    [Theory]
    [InlineData("https://api.runpod.ai/v2/abc", "https://api.runpod.ai/v2/abc")]
    [InlineData("https://api.runpod.ai/v2/abc/", "https://api.runpod.ai/v2/abc")]
    [InlineData("https://api.runpod.ai/v2/abc/run", "https://api.runpod.ai/v2/abc")]
    [InlineData("https://api.runpod.ai/v2/abc/runsync", "https://api.runpod.ai/v2/abc")]
    [InlineData(" https://api.runpod.ai/v2/abc/runsync/ ", "https://api.runpod.ai/v2/abc")]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:8000/")]
    [InlineData("http://127.0.0.1:8000/run", "http://127.0.0.1:8000/")]
    public void Parse_AsExistingSettingsSpellIt_IsTheEndpoint(string text, string expected) =>
        Assert.Equal(expected, EndpointAddress.Parse(text).AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("api.runpod.ai/v2/abc")]
    [InlineData("ftp://api.runpod.ai/v2/abc")]
    [InlineData("https://user:secret@api.runpod.ai/v2/abc")]
    [InlineData("https://api.runpod.ai/v2/abc?key=secret")]
    public void Parse_NoEndpoint_IsRefusedWithoutShowingIt(string text)
    {
        var exception = Assert.Throws<ArgumentException>(() => EndpointAddress.Parse(text));
        Assert.DoesNotContain("secret", exception.Message);
    }
}

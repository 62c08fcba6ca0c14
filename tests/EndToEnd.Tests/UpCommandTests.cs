using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

public sealed class UpCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Up_UntilTerminated_ServesAndStopsBothCleanly()
    {
        using var up = Programs.Start(_folder.Path, ["up", "--port", "0", "--worker-port", "0"]);
        var api = await AddressAsync(up);
        using var http = new HttpClient { BaseAddress = new Uri(api) };

        using var ready = await http.GetAsync("/api/health/ready");
        Assert.Contains("\"worker\":{\"status\":\"ok\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/audio/generate")
        {
            Content = new StringContent("""{"prompt":"Un ceviche muy ácido frente al mar","duration_seconds":1}""", Encoding.UTF8, "application/json"),
            Headers = { { "Prefer", "wait=30" } },
        };
        using var generated = await http.SendAsync(request);
        using var answer = JsonDocument.Parse(await generated.Content.ReadAsStringAsync());
        Assert.Equal(("completed", "composer"), (answer.RootElement.GetProperty("status").GetString(), answer.RootElement.GetProperty("engine").GetString()));
        Assert.Equal(44 + 128_000, answer.RootElement.GetProperty("audio_base64").GetBytesFromBase64().Length);

        await Programs.TerminateAsync(up);
        Assert.Equal(0, up.ExitCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("/api/health"));
    }

    [Fact]
    public async Task Up_Killed_LeavesNoProcessBehind()
    {
        using var up = Programs.Start(_folder.Path, ["up", "--port", "0", "--worker-port", "0"]);
        using var http = new HttpClient { BaseAddress = new Uri(await AddressAsync(up)) };
        up.Kill();
        await up.WaitForExitAsync();

        using var limit = new CancellationTokenSource(Programs.Patience);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/api/health", limit.Token);
                await Task.Yield();
            }
            catch (HttpRequestException)
            {
                // Gone, as it should be.
                break;
            }
        }
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--worker-port")]
    public async Task Up_PortTaken_NamesItAndTheFlag(string flag)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var other = flag == "--port" ? "--worker-port" : "--port";
        var ended = await Programs.RunAsync(_folder.Path, ["up", flag, port, other, "0"]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"Port {port}", ended.Error, StringComparison.Ordinal);
        Assert.Contains($"with {flag}.", ended.Error, StringComparison.Ordinal);
    }

    private static async Task<string> AddressAsync(Process up)
    {
        using var limit = new CancellationTokenSource(Programs.Patience);
        while (await up.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["API", var api, ..]) return api[..api.LastIndexOf("/api", StringComparison.Ordinal)];
        }

        throw new InvalidOperationException(await up.StandardError.ReadToEndAsync(limit.Token));
    }
}

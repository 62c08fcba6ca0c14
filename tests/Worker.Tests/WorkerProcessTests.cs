using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AudioReprompt.Hosting;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests;

/// <summary>The program as the system runs it.</summary>
public class WorkerProcessTests
{
    [Fact]
    public async Task Start_FreePort_SaysWhereItListensAndStopsWithItsStandardInput()
    {
        using var worker = Start("--port", "0");
        await worker.StandardOutput.ReadLineAsync().InTime();
        var line = await worker.StandardOutput.ReadLineAsync().InTime();
        Assert.Matches(@"^worker listening on http://127\.0\.0\.1:\d+$", line);
        using var http = new HttpClient { BaseAddress = new Uri(line!.Split(' ')[^1]) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health").InTime()).StatusCode);

        worker.StandardInput.Close();

        await worker.WaitForExitAsync().InTime();
        Assert.Equal((0, ""), (worker.ExitCode, await worker.StandardOutput.ReadToEndAsync()));
    }

    [Fact]
    public async Task Terminate_Idle_ExitsWithZero()
    {
        using var worker = Start("--port=0");
        await worker.StandardOutput.ReadLineAsync().InTime();
        await worker.StandardOutput.ReadLineAsync().InTime();
        using (var kill = Process.Start("kill", ["-TERM", $"{worker.Id}"])) await kill.WaitForExitAsync().InTime();
        await worker.WaitForExitAsync().InTime();
        Assert.Equal(0, worker.ExitCode);
    }

    [Fact]
    public async Task Start_PortTaken_SaysSoInOneLine()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var worker = Start("--port", $"{port}");
        var error = await worker.StandardError.ReadToEndAsync().InTime();
        await worker.WaitForExitAsync().InTime();
        Assert.Equal(1, worker.ExitCode);
        Assert.Equal(
            $"worker: port {port} on 127.0.0.1 is taken; choose another with --port (with audioreprompt up: --port, --worker-port)\n", error);
    }

    [Theory]
    [InlineData("--prot", "unknown argument --prot")]
    [InlineData("--port=70000", "--port must be from 0 to 65535")]
    [InlineData("--host=nowhere", "the host must be an IP address or localhost")]
    [InlineData("--port", "--port needs a value")]
    public void Read_ArgumentAtFault_SaysWhatIsAllowed(string argument, string message)
    {
        var exception = Assert.Throws<ArgumentException>(() => ListenAddress.Read("127.0.0.1", 8000, [argument]));
        Assert.Contains(message, exception.Message);
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerHost).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [StopWithStandardInput.VariableName] = "true" },
        };
        return Process.Start(start)!;
    }
}

using AudioReprompt.Hosting;
using AudioReprompt.RunPod;

namespace AudioReprompt.Cli.RunPod;

/// <summary>What was typed is no input; the message is for the one who typed it.</summary>
internal sealed class BadInputException(string message) : Exception(message);

/// <summary>One call of an endpoint from the shell, with its errors told in a line.</summary>
internal sealed class EndpointCall(RunPodClient client, CancellationToken token)
{
    private const string PlatformUrl = "https://api.runpod.ai/v2";
    private const string PlatformUrlVariable = "RUNPOD_ENDPOINT_BASE_URL";

    public RunPodClient Client => client;

    public CancellationToken Token => token;

    /// <param name="endpoint">Id or address; null: the configured one.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string? endpoint, Func<EndpointCall, Task<int>> act, CancellationToken token)
    {
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        var options = configuration.Options.RunPod;
        try
        {
            var address = AddressOf(endpoint ?? options.ApiUrl);
            using var http = new HttpClient(RunPodClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
            return await act(new EndpointCall(new RunPodClient(http, address, options, TimeProvider.System), token));
        }
        catch (Exception exception) when (exception is BadInputException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.BadInput;
        }
        catch (EndpointException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.Failed;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped; a job that was submitted goes on at the endpoint.");
            return ServerProcess.Failed;
        }
    }

    internal static Uri AddressOf(string text)
    {
        if (text.Length == 0) throw new BadInputException("Which endpoint? Give --endpoint ID or --endpoint URL, or set RUNPOD_API_URL.");
        if (text.Contains("://", StringComparison.Ordinal)) return EndpointAddress.Parse(text);
        if (!text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            throw new BadInputException("--endpoint must be an endpoint's id, such as abc123, or an address, such as http://127.0.0.1:8000.");
        var platform = Environment.GetEnvironmentVariable(PlatformUrlVariable) is { Length: > 0 } set ? set.TrimEnd('/') : PlatformUrl;
        return EndpointAddress.Parse($"{platform}/{text}");
    }
}

using System.CommandLine;
using System.Text.Json;
using AudioReprompt.Hosting;
using AudioReprompt.RunPod;

namespace AudioReprompt.Cli.RunPod;

/// <summary><c>audioreprompt runpod OPERATION</c>: the operations of an endpoint, or of a worker's local API, from a shell.</summary>
internal static class RunPodCommand
{
    private const string Exits = "Exit code 0: done; 1: the job failed or the endpoint did; 2: bad input.";

    private static readonly Option<string?> Endpoint = new("--endpoint")
    {
        Description = "The endpoint's id, or its address such as http://127.0.0.1:8000. Default: runpod.api_url of the configuration.",
        HelpName = "ID|URL",
        Recursive = true,
    };

    private static readonly Option<double?> Wait = new("--wait")
    {
        Description = "Seconds that the endpoint holds one call, 1 to 300. Default: the endpoint's own (90 for runsync, 10 for stream).",
        HelpName = "SECONDS",
    };

    private static readonly Argument<string> JobId = new("JOB") { Description = "The job's id." };

    public static Command Create() => new("runpod", $"Call a RunPod endpoint. The key comes from RUNPOD_API_KEY and from nowhere else. {Exits}")
    {
        Endpoint,
        Submitting("run", "Submit a job and print its id.", waits: false, async (call, request, _) => await call.Client.RunAsync(request, call.Token)),
        Submitting(
            "runsync",
            "Submit a job and wait for its end, however long it takes.",
            waits: true,
            (call, request, wait) => call.Client.RunToEndAsync(request, wait, TimeProvider.System, call.Token)),
        OfJob("status", "Print where a job stands.", (call, id) => call.Client.StatusAsync(id, call.Token)),
        Streaming(),
        Cancelling(),
        OfJob("retry", "Queue a job again that has failed or timed out.", (call, id) => call.Client.RetryAsync(id, call.Token)),
        Plain("purge-queue", "Remove every job that waits.", async call =>
            JobPrinter.Print(new PurgeAnswer(await call.Client.PurgeQueueAsync(call.Token)), RunPodJson.Default.PurgeAnswer)),
        Plain("health", "Print jobs and workers, counted.", async call =>
            JobPrinter.Print(await call.Client.HealthAsync(call.Token), RunPodJson.Default.EndpointHealth)),
    };

    private static Command Submitting(
        string name, string what, bool waits, Func<EndpointCall, EndpointJobRequest, TimeSpan?, Task<EndpointJob?>> submit)
    {
        var input = new Argument<string>("INPUT") { Description = "The job's input, a JSON object; @FILE reads a file, - standard input." };
        var webhook = new Option<string?>("--webhook") { Description = "Called with the job's record at its end.", HelpName = "URL" };
        var execution = new Option<double?>("--execution-timeout") { Description = "Longest running time, seconds, 5 to 604800.", HelpName = "SECONDS" };
        var life = new Option<double?>("--ttl") { Description = "Longest life from submission, seconds, 10 to 604800.", HelpName = "SECONDS" };
        var command = new Command(name, what) { input, webhook, execution, life };
        if (waits) command.Options.Add(Wait);
        command.SetAction((parsed, token) => EndpointCall.RunAsync(parsed.GetValue(Endpoint), async call =>
        {
            var request = new EndpointJobRequest
            {
                Input = await InputReader.ReadAsync(parsed.GetValue(input)!, token),
                Webhook = InputReader.Address("--webhook", parsed.GetValue(webhook)),
                ExecutionTimeout = InputReader.Seconds("--execution-timeout", parsed.GetValue(execution), 5, 604_800),
                TimeToLive = InputReader.Seconds("--ttl", parsed.GetValue(life), 10, 604_800),
            };
            var wait = waits ? InputReader.Seconds("--wait", parsed.GetValue(Wait), 1, 300) : null;
            return JobPrinter.Print(await submit(call, request, wait), mustSucceed: waits);
        }, token));
        return command;
    }

    private static Command OfJob(string name, string what, Func<EndpointCall, string, Task<EndpointJob?>> ask)
    {
        var command = new Command(name, what) { JobId };
        command.SetAction((parsed, token) => EndpointCall.RunAsync(
            parsed.GetValue(Endpoint), async call => JobPrinter.Print(await ask(call, parsed.GetValue(JobId)!), mustSucceed: false), token));
        return command;
    }

    private static Command Streaming()
    {
        var command = new Command("stream", "Print what a streaming job yields, one JSON value a line, until it has ended.") { JobId, Wait };
        command.SetAction((parsed, token) => EndpointCall.RunAsync(parsed.GetValue(Endpoint), async call =>
        {
            var wait = InputReader.Seconds("--wait", parsed.GetValue(Wait), 1, 300);
            EndpointStream? last = null;
            await foreach (var chunk in call.Client.StreamToEndAsync(parsed.GetValue(JobId)!, wait, TimeProvider.System, answer => last = answer, token))
                Console.WriteLine(JsonSerializer.Serialize(chunk, RunPodJson.Line.JsonElement));
            if (last is { Status: EndpointStatus.Completed }) return ServerProcess.Done;
            await Console.Error.WriteLineAsync(last is null ? JobPrinter.Unknown : $"The job is {last.Status.ToText()}. {last.Error}".TrimEnd());
            return ServerProcess.Failed;
        }, token));
        return command;
    }

    private static Command Cancelling()
    {
        var command = new Command("cancel", "Cancel a job and print where it stands.") { JobId };
        command.SetAction((parsed, token) => EndpointCall.RunAsync(parsed.GetValue(Endpoint), async call =>
        {
            var id = parsed.GetValue(JobId)!;
            await call.Client.CancelAsync(id, token);
            return JobPrinter.Print(await call.Client.StatusAsync(id, token), mustSucceed: false);
        }, token));
        return command;
    }

    private static Command Plain(string name, string what, Func<EndpointCall, Task<int>> act)
    {
        var command = new Command(name, what);
        command.SetAction((parsed, token) => EndpointCall.RunAsync(parsed.GetValue(Endpoint), act, token));
        return command;
    }
}

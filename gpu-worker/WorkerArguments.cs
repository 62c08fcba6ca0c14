using System.Globalization;
using System.Net;
using System.Text.Json;
using AudioReprompt.Worker.Platform;

namespace AudioReprompt.Worker;

/// <summary>The worker's command line: the flags of RunPod's own worker, and two more for the address of the local API.</summary>
public sealed record WorkerArguments
{
    private static readonly string[] Flags =
    [
        "--rp_log_level", "--rp_debugger", "--rp_serve_api", "--rp_api_port", "--rp_api_host", "--rp_api_concurrency", "--test_input", "--test_output",
        "--host", "--port", "--help",
    ];

    private static readonly string[] Switches = ["--rp_debugger", "--rp_serve_api", "--help"];

    public LogLevel? LogLevel { get; private init; }
    public bool Debugger { get; private init; }

    /// <summary>Serve the local API; <c>--host</c> and <c>--port</c> ask for it as well.</summary>
    public bool ServeApi { get; private init; }
    public int? Port { get; private init; }
    public string? Host { get; private init; }
    public int? ApiConcurrency { get; private init; }

    /// <summary>null: not given, or <c>{}</c> and the like, which count as not given.</summary>
    public JsonElement? TestInput { get; private init; }
    public JsonElement? TestOutput { get; private init; }
    public bool Help { get; private init; }

    public static string Usage { get; } =
        """
        usage: audioreprompt worker [flags]

        Without flags: takes jobs from RunPod where RUNPOD_WEBHOOK_GET_JOB is set, else runs the job in ./test_input.json and ends.

          --rp_serve_api              serve the endpoint's API on this machine: /run, /runsync, /status, /stream, /cancel, /health, /docs
          --rp_api_host HOST          where it listens: an IP address or localhost (default: worker.host of config.yaml)
          --rp_api_port PORT          0 takes a free one (default: worker.port of config.yaml)
          --rp_api_concurrency N      jobs at once (default: worker.concurrency of config.yaml)
          --host HOST, --port PORT    the same as --rp_serve_api with the two above
          --test_input JSON           run this job, as {"input": …}, and end
          --test_output JSON          with a test: what the result must be, as {"output": …}
          --rp_log_level LEVEL        ERROR, WARN, INFO, DEBUG, TRACE or NOTSET
          --rp_debugger               add times and facts about the machine to outputs
          -h, --help                  show this

        Other flags are ignored. SIGTERM: running jobs are finished and posted, exit code 0.
        """;

    /// <exception cref="BadArgumentException">A value is none; the message names the flag.</exception>
    public static WorkerArguments Read(IReadOnlyList<string> args)
    {
        var read = new WorkerArguments();
        for (var index = 0; index < args.Count; index++)
        {
            var (typed, attached) = args[index].Split('=', 2) is [var name, var text] ? (name, text) : (args[index], null);
            if (typed == "-h") typed = "--help";
            if (Complete(typed) is not { } flag) continue;
            if (Switches.Contains(flag))
            {
                if (attached is not null) throw Usual($"{flag} takes no value");
                read = read.With(flag, "");
            }
            else
            {
                var value = attached ?? (++index < args.Count ? args[index] : throw Usual($"{flag} needs a value"));
                read = read.With(flag, value);
            }
        }

        return read;
    }

    /// <summary>An unambiguous beginning of a flag counts as the flag, as with RunPod's own worker.</summary>
    /// <returns>null: no flag of ours; it is ignored.</returns>
    private static string? Complete(string typed)
    {
        if (Flags.Contains(typed)) return typed;
        if (typed.Length < 3 || !typed.StartsWith("--", StringComparison.Ordinal)) return null;
        var candidates = Flags.Where(flag => flag.StartsWith(typed, StringComparison.Ordinal)).ToList();
        return candidates.Count > 1 ? throw Usual($"{typed} could be {string.Join(" or ", candidates)}") : candidates.FirstOrDefault();
    }

    private WorkerArguments With(string flag, string value) => flag switch
    {
        "--rp_log_level" => this with
        {
            LogLevel = PlatformLog.LevelOf(value)
                ?? throw new BadArgumentException($"--rp_log_level must be ERROR, WARN, INFO, DEBUG, TRACE or NOTSET; found {value}", 1),
        },
        "--rp_debugger" => this with { Debugger = true },
        "--rp_serve_api" => this with { ServeApi = true },
        "--rp_api_port" => this with { Port = Number(flag, value, 0, IPEndPoint.MaxPort) },
        "--port" => this with { Port = Number(flag, value, 0, IPEndPoint.MaxPort), ServeApi = true },
        "--rp_api_host" => this with { Host = value },
        "--host" => this with { Host = value, ServeApi = true },
        "--rp_api_concurrency" => this with { ApiConcurrency = Number(flag, value, 1, 256) },
        "--test_input" => this with { TestInput = Json(flag, value) is { } json && !IsEmpty(json) ? json : null },
        "--test_output" => this with { TestOutput = Json(flag, value) },
        _ => this with { Help = true },
    };

    private static int Number(string flag, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Usual($"{flag} must be from {least} to {most}; found {value}");

    private static JsonElement? Json(string flag, string value)
    {
        try
        {
            return JsonElement.Parse(value);
        }
        catch (JsonException exception)
        {
            throw new BadArgumentException($"{flag} must be JSON: {exception.Message}", 1);
        }
    }

    private static bool IsEmpty(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => !json.EnumerateObject().Any(),
        JsonValueKind.Array => json.GetArrayLength() == 0,
        JsonValueKind.String => json.ValueEquals(""),
        JsonValueKind.Number => json.TryGetDouble(out var number) && number == 0,
        JsonValueKind.True => false,
        _ => true,
    };

    private static BadArgumentException Usual(string message) => new(message, 2);
}

/// <summary>A flag or its value is wrong; the message is for the one who typed it.</summary>
public sealed class BadArgumentException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

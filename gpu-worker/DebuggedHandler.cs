using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;

namespace AudioReprompt.Worker;

/// <summary>What <c>--rp_debugger</c> adds to outputs that are objects (section 18); all others stay as they are.</summary>
internal static class DebuggedHandler
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffff";

    /// <param name="started">When the process started, for <c>ready_delay_ms</c>.</param>
    public static Handler Of(Handler handler, DateTimeOffset started, TimeProvider time)
    {
        if (handler.Unary is not { } unary) return handler;
        var ready = (time.GetUtcNow() - started).TotalMilliseconds;
        return Handler.Of(async (job, cancellationToken) =>
        {
            var (begin, stamp) = (time.GetUtcNow(), time.GetTimestamp());
            var output = await unary(job, cancellationToken);
            if (output.ValueKind != JsonValueKind.Object || JobOutcome.ErrorIn(output) is not null) return output;
            var took = time.GetElapsedTime(stamp);
            var debugged = JsonObject.Create(output)!;
            debugged["rp_debugger"] = new JsonObject
            {
                ["system_info"] = new JsonObject
                {
                    ["os"] = RuntimeInformation.OSDescription,
                    ["processor"] = RuntimeInformation.ProcessArchitecture.ToString(),
                    ["python_version"] = $"none; {RuntimeInformation.FrameworkDescription}",
                    ["runpod"] = PlatformEnvironment.Version,
                },
                ["timestamps"] = new JsonArray(new JsonObject
                {
                    ["name"] = "handler",
                    ["start_utc"] = begin.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
                    ["stop_utc"] = (begin + took).UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
                    ["duration_ms"] = took.TotalMilliseconds,
                }),
                ["ready_delay_ms"] = ready,
            };
            return JsonSerializer.SerializeToElement(debugged);
        });
    }
}

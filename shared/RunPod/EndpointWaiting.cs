using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AudioReprompt.RunPod;

/// <summary>Waits for the end of jobs at an endpoint.</summary>
public static class EndpointWaiting
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Asks for a job until it has ended, at first often, then every few seconds.</summary>
    /// <returns>Its last record; null when the endpoint does not know it any more.</returns>
    public static async Task<EndpointJob?> EndAsync(this RunPodClient client, string id, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var job = await client.StatusAsync(id, cancellationToken);
            if (job is null || job.Status.IsTerminal()) return job;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Submits a job and waits for its end, also beyond the time that the endpoint holds the call.</summary>
    public static async Task<EndpointJob?> RunToEndAsync(
        this RunPodClient client, EndpointJobRequest request, TimeSpan? wait, TimeProvider time, CancellationToken cancellationToken)
    {
        var job = await client.RunSyncAsync(request, wait, cancellationToken);
        return job.Status.IsTerminal() ? job : await client.EndAsync(job.Id, time, cancellationToken);
    }

    /// <summary>What a job's handler yields, until the job has ended and all has been read.</summary>
    /// <param name="ended">Is given the last answer; null: the endpoint does not know the job any more.</param>
    public static async IAsyncEnumerable<JsonElement> StreamToEndAsync(
        this RunPodClient client, string id, TimeSpan? wait, TimeProvider time, Action<EndpointStream?>? ended = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var pause = FirstPause; ;)
        {
            var answer = await client.StreamAsync(id, wait, cancellationToken);
            if (answer is null || answer.IsEnd)
            {
                ended?.Invoke(answer);
                yield break;
            }

            foreach (var chunk in answer.Chunks) yield return chunk;
            pause = answer.Chunks.Count > 0 ? FirstPause : Longer(pause);
            // An endpoint holds an empty poll; one that does not is not asked without a pause.
            if (answer.Chunks.Count == 0) await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
}

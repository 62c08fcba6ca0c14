namespace AudioReprompt.Worker.Platform;

/// <summary>The heartbeat beside a local API, for the life of the process.</summary>
internal sealed class HeartbeatHost(Heartbeat heartbeat) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        heartbeat.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

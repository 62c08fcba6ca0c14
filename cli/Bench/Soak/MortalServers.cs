using AudioReprompt.Cli.Servers;

namespace AudioReprompt.Cli.Bench.Soak;

/// <summary>Front doors and workers at fixed ports that are killed (SIGKILL) and started again.</summary>
internal sealed class MortalServers : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly List<Slot> _slots = [];
    private readonly string _logs;
    private int _kills;

    public MortalServers(string logs) => _logs = logs;

    /// <summary>How often one was killed.</summary>
    public int Kills => Volatile.Read(ref _kills);

    /// <param name="name">As in its ready line.</param>
    /// <param name="environment">With its port.</param>
    public void Add(string name, string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        _slots.Add(new Slot(name, assembly, environment, arguments));

    public async Task StartAllAsync(CancellationToken cancellationToken)
    {
        foreach (var slot in _slots) await StartAsync(slot, cancellationToken);
    }

    /// <summary>Each of them lives for a random time, is killed and started again, whatever the others do, until the token is tripped; then all run.</summary>
    public Task KillEachAtRandomAsync(Random random, TimeSpan shortest, TimeSpan longest, CancellationToken until, CancellationToken cancellationToken) =>
        Task.WhenAll(_slots.Select(slot => KillAtRandomAsync(slot, new Random(random.Next()), shortest, longest, until, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots.Where(slot => slot.Server is not null)) await slot.Server!.DisposeAsync();
    }

    private async Task KillAtRandomAsync(
        Slot slot, Random random, TimeSpan shortest, TimeSpan longest, CancellationToken until, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(shortest + ((longest - shortest) * random.NextDouble()), until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (until.IsCancellationRequested && !slot.Server!.HasExited) return;
            if (!slot.Server!.HasExited) slot.Server.Kill();
            await slot.Server.WaitForExitAsync(cancellationToken);
            Interlocked.Increment(ref _kills);
            await StartAsync(slot, cancellationToken);
        }
    }

    /// <summary>Until it listens. A front door whose storage is away for a minute says so and ends; whoever runs it starts it again.</summary>
    private async Task StartAsync(Slot slot, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (slot.Server is not null) await slot.Server.DisposeAsync();
            slot.Server = ChildServer.Start(slot.Name, slot.Assembly, slot.Environment, Path.Combine(_logs, $"{_slots.IndexOf(slot)}-{++slot.Starts}.log"), slot.Arguments);
            try
            {
                await slot.Server.ReadyAsync(StartTimeout, cancellationToken);
                return;
            }
            catch (InvalidOperationException) when (attempt < 10)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
        }
    }

    private sealed record Slot(string Name, string Assembly, IReadOnlyDictionary<string, string> Environment, string[] Arguments)
    {
        public ChildServer? Server { get; set; }

        public int Starts { get; set; }
    }
}

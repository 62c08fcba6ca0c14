namespace AudioReprompt.Worker.Fitness;

/// <summary>Something that must be so before a worker takes jobs.</summary>
/// <param name="Name">As the platform is told.</param>
/// <param name="RunAsync">Fails by throwing; the message says what is wrong.</param>
public sealed record FitnessCheck(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>A check has failed.</summary>
public sealed class UnfitException(string message) : Exception(message);

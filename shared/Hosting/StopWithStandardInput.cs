using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AudioReprompt.Hosting;

/// <summary>
/// Stops the program cleanly when its standard input ends, which the system does for a parent that was killed: a child never outlives
/// its parent.
/// </summary>
public sealed class StopWithStandardInput(Stream input, IHostApplicationLifetime lifetime) : IHostedService
{
    /// <summary>The parent sets this variable to <c>true</c> and keeps the other end of the input open.</summary>
    public const string VariableName = "AUDIOREPROMPT_STOP_WITH_STDIN";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: a read of the console cannot be cancelled, and it must not keep the process alive.
        new Thread(ReadToEnd) { IsBackground = true, Name = nameof(StopWithStandardInput) }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void ReadToEnd()
    {
        try
        {
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A pipe that breaks has ended too.
        }

        lifetime.StopApplication();
    }
}

public static class StopWithStandardInputServices
{
    /// <summary>Adds <see cref="StopWithStandardInput"/> where the parent asks for it.</summary>
    public static IServiceCollection AddStopWithStandardInput(this IServiceCollection services) =>
        Environment.GetEnvironmentVariable(StopWithStandardInput.VariableName) == "true"
            ? services.AddHostedService(provider =>
                new StopWithStandardInput(Console.OpenStandardInput(), provider.GetRequiredService<IHostApplicationLifetime>()))
            : services;
}

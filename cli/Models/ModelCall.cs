using System.CommandLine;
using AudioReprompt.Configuration;
using AudioReprompt.Hosting;
using AudioReprompt.Hub;

namespace AudioReprompt.Cli.Models;

/// <summary>What every operation on models needs: the configuration, the cache folder, and the faults in words and exit codes.</summary>
internal sealed class ModelCall(ModelsOptions options, HubCache cache, CancellationToken cancellationToken)
{
    public const string Exits = "Exit code 0: done; 1: it failed, or something is broken; 2: bad input.";

    /// <summary>Of the command with all below it.</summary>
    public static readonly Option<string?> Cache = new("--cache")
    {
        Description = "Cache folder. Default: models.cache, else HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub.",
        HelpName = "DIR",
        Recursive = true,
    };

    public ModelsOptions Options { get; } = options;

    public HubCache Store { get; } = cache;

    public CancellationToken Token { get; } = cancellationToken;

    /// <summary>A folder or a model, as several operations take it.</summary>
    public static Argument<string> NewModelArgument() =>
        new("FOLDER|ORG/NAME") { Description = "A model's folder, or a model in the cache: org/name or org/name@revision." };

    /// <param name="stopped">What is said after Ctrl-C.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        ParseResult parsed, Func<ModelCall, Task<int>> act, CancellationToken cancellationToken, string stopped = "Stopped.")
    {
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        try
        {
            var given = parsed.GetValue(Cache) is { Length: > 0 } folder ? Path.GetFullPath(folder) : configuration.ModelCacheFolder;
            var cache = HubCache.Open(given, ConfigurationLoader.ProcessEnvironment());
            return await act(new ModelCall(configuration.Options.Models, cache, cancellationToken));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException)
        {
            // No such model, or a folder that holds none.
            return await FailAsync(exception.Message, ServerProcess.BadInput);
        }
        catch (HubException exception)
        {
            return await FailAsync(exception.Message, exception.Fault is HubFault.NotFound or HubFault.NoAccess or HubFault.Unsuitable ? ServerProcess.BadInput : ServerProcess.Failed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk is full, or a folder may not be written to.
            return await FailAsync(exception.Message, ServerProcess.Failed);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await FailAsync(stopped, ServerProcess.Failed);
        }
    }

    private static async Task<int> FailAsync(string message, int exitCode)
    {
        await Console.Error.WriteLineAsync(message);
        return exitCode;
    }
}

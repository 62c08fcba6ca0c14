using Azure;
using Azure.Identity;

namespace AudioReprompt.Storage.Azure;

/// <summary>Runs calls to Azure Storage under a time limit, and says what their faults mean. No message holds an address's query or a key.</summary>
/// <param name="what">The store, as messages name it: <c>The job store</c>.</param>
/// <param name="limit">The longest time of one call, repetitions included.</param>
internal sealed class AzureCall(string what, TimeSpan limit)
{
    /// <exception cref="StorageUnavailableException">Azure cannot be reached, refuses us, or took longer than the limit.</exception>
    /// <exception cref="OperationCanceledException">The caller no longer wants it, in whatever way Azure's client says so.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        both.CancelAfter(limit);
        try
        {
            return await call(both.Token);
        }
        catch (Exception fault) when (Translate(fault, what) is { } translated)
        {
            // Cancelled during a further try it comes as an AggregateException of all tries, which nobody takes for a cancellation.
            cancellationToken.ThrowIfCancellationRequested();
            throw translated;
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => RunAsync(
        async token =>
        {
            await call(token);
            return true;
        },
        cancellationToken);

    /// <returns>null for a fault that is not Azure's, or that is ours: a request it does not understand.</returns>
    public static StorageUnavailableException? Translate(Exception fault, string what) => fault switch
    {
        // The last of several tries that all failed without an answer.
        AggregateException { InnerExceptions: [.., var last] } => Translate(last, what),
        RequestFailedException { Status: 0 } => new($"{what} in Azure cannot be reached: {Innermost(fault).Message}", fault),
        RequestFailedException { Status: 401 or 403 } refused => new(
            $"{what} in Azure refuses us ({Told(refused)}). Check AZURE_STORAGE_CONNECTION_STRING; without it, the roles of the managed identity at storage.azure_account_url."),
        RequestFailedException { Status: >= 500 or 429 or 408 } busy => new($"{what} in Azure answered {Told(busy)}.", busy),
        RequestFailedException { ErrorCode: "ContainerNotFound" or "ContainerBeingDeleted" or "QueueNotFound" or "QueueBeingDeleted" or "ResourceNotFound" } missing =>
            new($"{what} in Azure is not there ({Told(missing)}). A restart of the front door makes it anew, empty.", missing),
        // A conflict with nobody: the account is not ready yet.
        RequestFailedException { ErrorCode: "AccountBeingCreated" } unready => new($"{what} in Azure answered {Told(unready)}.", unready),
        AuthenticationFailedException => new(
            $"{what} in Azure cannot be used: no Azure identity was found. Set AZURE_STORAGE_CONNECTION_STRING, or give this machine a managed identity.", fault),
        OperationCanceledException => new($"{what} in Azure did not answer in time.", fault),
        HttpRequestException or IOException => new($"{what} in Azure cannot be reached: {Innermost(fault).Message}", fault),
        _ => null,
    };

    private static string Told(RequestFailedException fault) => fault.ErrorCode is { Length: > 0 } code ? $"{fault.Status} {code}" : $"{fault.Status}";

    private static Exception Innermost(Exception fault) => fault.GetBaseException();
}

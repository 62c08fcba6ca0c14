using System.Security.Cryptography;
using AudioReprompt.Configuration;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// A storage account as the product's storage: two containers and two queues, whose names begin with <c>storage.azure_name_prefix</c>.
/// Opened with <c>AZURE_STORAGE_CONNECTION_STRING</c>, else with the managed identity at <c>storage.azure_account_url</c>.
/// </summary>
public sealed class AzureStorage
{
    private const string SigningKeyName = "signing.key";
    private const string What = "The storage account";

    /// <summary>One request; three of them and the pauses fit into the limit of a call.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(8);

    /// <summary>A request that carries a whole WAV.</summary>
    private static readonly TimeSpan AudioRequestTimeout = TimeSpan.FromSeconds(100);

    private readonly BlobContainerClient _jobs;

    private AzureStorage(AzureAccount account, string prefix, TimeProvider time, AzureJobStoreLimits limits)
    {
        _jobs = account.Blobs(RequestTimeout).GetBlobContainerClient($"{prefix}jobs");
        var audioAccount = account.Blobs(AudioRequestTimeout);
        var audio = audioAccount.GetBlobContainerClient($"{prefix}audio");
        var queues = account.Queues(RequestTimeout);
        var (queue, poison) = (queues.GetQueueClient($"{prefix}jobs"), queues.GetQueueClient($"{prefix}jobs-poison"));
        Create(_jobs, audio, queue, poison);
        Jobs = new AzureJobStore(_jobs, time, limits);
        Queue = new AzureJobQueue(queue, poison, time);
        Audio = new AzureAudioStore(audioAccount, audio, time);
        Usage = new AzureUsageStore(_jobs);
    }

    public AzureJobStore Jobs { get; }

    public AzureJobQueue Queue { get; }

    public AzureAudioStore Audio { get; }

    public AzureUsageStore Usage { get; }

    /// <summary>Makes containers and queues where they are missing.</summary>
    /// <exception cref="ConfigurationException">Neither a connection string nor an account is named, or the string is not usable.</exception>
    /// <exception cref="StorageUnavailableException">The account cannot be reached, or refuses us.</exception>
    public static AzureStorage Open(StorageOptions options, TimeProvider time) =>
        Open(AzureAccount.Of(options, configure: null), options.AzureNamePrefix, time, AzureJobStoreLimits.Default);

    internal static AzureStorage Open(AzureAccount account, string namePrefix, TimeProvider time, AzureJobStoreLimits limits) =>
        new(account, namePrefix, time, limits);

    /// <summary>The key that all front doors of this account sign their addresses with; the first of them makes it.</summary>
    /// <returns>32 random bytes.</returns>
    /// <exception cref="StorageUnavailableException">The account cannot be reached, or refuses us.</exception>
    public byte[] KeptSigningKey() => Guarded(() =>
    {
        var blob = _jobs.GetBlobClient(SigningKeyName);
        try
        {
            var key = RandomNumberGenerator.GetBytes(32);
            blob.Upload(BinaryData.FromBytes(key), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } });
            return key;
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return blob.DownloadContent().Value.Content.ToArray();
        }
    });

    private static void Create(BlobContainerClient jobs, BlobContainerClient audio, QueueClient queue, QueueClient poison) => Guarded(() =>
    {
        jobs.CreateIfNotExists();
        audio.CreateIfNotExists();
        queue.CreateIfNotExists();
        return poison.CreateIfNotExists();
    });

    private static T Guarded<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception fault) when (AzureCall.Translate(fault, What) is { } translated)
        {
            throw translated;
        }
    }
}

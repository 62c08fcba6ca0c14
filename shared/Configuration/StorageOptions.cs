using System.ComponentModel.DataAnnotations;

namespace AudioReprompt.Configuration;

/// <summary>Where jobs, messages and audio are kept.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// <c>embedded</c> (default): SQLite and files below <see cref="Path"/>. <c>azure</c>: a storage account, which
    /// <see cref="AzureConnectionString"/> or <see cref="AzureAccountUrl"/> names.
    /// </summary>
    [AllowedValues("embedded", "azure")]
    [NeededInAzure]
    public string Kind { get; init; } = "embedded";

    /// <summary>Folder of the embedded storage; a relative one is below the folder of <c>config.yaml</c>. Default var.</summary>
    [Required]
    public string Path { get; init; } = "var";

    /// <summary>
    /// The account's address for blobs, such as <c>https://ACCOUNT.blob.core.windows.net</c>, used with the managed identity of the machine.
    /// Empty (default): <see cref="AzureConnectionString"/> names the account.
    /// </summary>
    [HttpUrl]
    [NeededInAzure]
    public string AzureAccountUrl { get; init; } = "";

    /// <summary>What the names of containers and queues begin with: <c>PREFIXjobs</c>, <c>PREFIXaudio</c>. Default audioreprompt-.</summary>
    [AzureNamePrefix]
    [NeededInAzure]
    public string AzureNamePrefix { get; init; } = "audioreprompt-";

    /// <summary>A storage account with its key. Environment only; empty: the managed identity.</summary>
    [Secret("AZURE_STORAGE_CONNECTION_STRING")]
    public string AzureConnectionString { get; init; } = "";

    /// <summary>Ended jobs lose their audio after this time, hours. Default 168.</summary>
    [Range(1, 87600)]
    [NeededInAzure]
    public int RetentionHours { get; init; } = 168;

    /// <summary>How long a deleted id still answers 410 rather than 404, hours. Default 720.</summary>
    [Range(1, 87600)]
    public int DeletedHours { get; init; } = 720;

    /// <summary>The largest WAV that is accepted, MiB. Default 128.</summary>
    [Range(1, 2048)]
    public int MaxAudioMegabytes { get; init; } = 128;
}

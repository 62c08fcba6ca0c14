using AudioReprompt.Configuration;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace AudioReprompt.Storage.Azure;

/// <summary>How the clients of one storage account are made.</summary>
internal sealed class AzureAccount
{
    private const int Retries = 2;
    private const string BlobHostPart = ".blob.";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly string _connectionString;
    private readonly Uri? _address;
    private readonly TokenCredential? _identity;
    private readonly Action<ClientOptions>? _configure;

    private AzureAccount(string connectionString, Uri? address, TokenCredential? identity, Action<ClientOptions>? configure) =>
        (_connectionString, _address, _identity, _configure) = (connectionString, address, identity, configure);

    /// <param name="configure">Sees the options of every client before it is made.</param>
    /// <param name="identity">Where no connection string is set. Default: what the machine has.</param>
    /// <exception cref="ConfigurationException">What is missing or not usable, by the setting's name.</exception>
    public static AzureAccount Of(StorageOptions options, Action<ClientOptions>? configure, TokenCredential? identity = null)
    {
        if (options.AzureConnectionString.Length > 0)
        {
            Check(options.AzureConnectionString);
            return new(options.AzureConnectionString, null, null, configure);
        }

        if (options.AzureAccountUrl.Length == 0)
        {
            throw new ConfigurationException([
                "storage.kind is azure: set AZURE_STORAGE_CONNECTION_STRING, or storage.azure_account_url to use the account with a managed identity."]);
        }

        var address = new Uri(options.AzureAccountUrl);
        if (address.Scheme != Uri.UriSchemeHttps || !address.Host.Contains(BlobHostPart, StringComparison.OrdinalIgnoreCase))
        {
            throw new ConfigurationException([
                "storage.azure_account_url must be the account's https address for blobs, such as https://ACCOUNT.blob.core.windows.net."]);
        }

        return new("", address, identity ?? new DefaultAzureCredential(), configure);
    }

    /// <param name="requestTimeout">Of one try.</param>
    public BlobServiceClient Blobs(TimeSpan requestTimeout)
    {
        var options = Limited(new BlobClientOptions(), requestTimeout);
        return _address is null ? new BlobServiceClient(_connectionString, options) : new BlobServiceClient(_address, _identity, options);
    }

    /// <inheritdoc cref="Blobs"/>
    public QueueServiceClient Queues(TimeSpan requestTimeout)
    {
        var options = Limited(new QueueClientOptions(), requestTimeout);
        if (_address is null) return new QueueServiceClient(_connectionString, options);
        var address = new UriBuilder(_address) { Host = _address.Host.Replace(BlobHostPart, ".queue.", StringComparison.OrdinalIgnoreCase) };
        return new QueueServiceClient(address.Uri, _identity, options);
    }

    private static void Check(string connectionString)
    {
        BlobServiceClient client;
        try
        {
            client = new BlobServiceClient(connectionString);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            // Not its message: it may quote the string.
            throw new ConfigurationException([
                "AZURE_STORAGE_CONNECTION_STRING is not a connection string of a storage account (not shown); it begins with DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…"]);
        }

        if (!client.CanGenerateAccountSasUri)
        {
            throw new ConfigurationException([
                "AZURE_STORAGE_CONNECTION_STRING has no AccountKey, which upload addresses are signed with. Use one with a key, or storage.azure_account_url with a managed identity."]);
        }
    }

    private T Limited<T>(T options, TimeSpan requestTimeout) where T : ClientOptions
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = Retries;
        options.Retry.Delay = FirstPause;
        options.Retry.MaxDelay = LongestPause;
        options.Retry.NetworkTimeout = requestTimeout;
        options.Diagnostics.IsTelemetryEnabled = false;
        _configure?.Invoke(options);
        return options;
    }
}

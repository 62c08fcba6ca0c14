using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Signs addresses of single blobs (shared access signatures): with the account's key where a connection string has it, else with a user
/// delegation key, which Azure gives to the managed identity for some hours.
/// </summary>
internal sealed class AudioSignatures(BlobServiceClient account, BlobContainerClient container, TimeProvider time)
{
    /// <summary>A delegation key is asked for this long, and replaced when less than an address needs is left of it.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(2);

    /// <summary>Clocks may differ by this much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private volatile UserDelegationKey? _key;

    /// <param name="shape">Sets further fields.</param>
    public async Task<Uri> SignAsync(
        string blobName, BlobSasPermissions permissions, TimeSpan validFor, Action<BlobSasBuilder>? shape, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(blobName);
        var builder = new BlobSasBuilder(permissions, time.GetUtcNow() + validFor)
        {
            BlobContainerName = container.Name,
            BlobName = blobName,
            Resource = "b",
            Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        shape?.Invoke(builder);
        if (blob.CanGenerateSasUri) return blob.GenerateSasUri(builder);
        var key = await KeyAsync(builder.ExpiresOn, cancellationToken);
        return new BlobUriBuilder(blob.Uri) { Sas = builder.ToSasQueryParameters(key, account.AccountName) }.ToUri();
    }

    private async Task<UserDelegationKey> KeyAsync(DateTimeOffset neededUntil, CancellationToken cancellationToken)
    {
        // Two who find it too old at once ask twice; both keys are right.
        if (_key is { } kept && kept.SignedExpiresOn > neededUntil) return kept;
        var now = time.GetUtcNow();
        var until = now + KeyLifetime > neededUntil + Skew ? now + KeyLifetime : neededUntil + Skew;
        return _key = (await account.GetUserDelegationKeyAsync(now - Skew, until, cancellationToken)).Value;
    }
}

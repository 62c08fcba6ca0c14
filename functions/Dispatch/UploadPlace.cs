using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>Where a worker brings a job's WAV: straight into the audio store where that has addresses of its own, else to the front door.</summary>
public sealed class UploadPlace(IAudioStore audio, PublicAddress address, UrlSigner signer)
{
    /// <returns>An address that takes this job's WAV and gives nothing. It is a secret.</returns>
    /// <exception cref="StorageUnavailableException">The audio store cannot be reached.</exception>
    public async Task<string> AddressAsync(Guid jobId, TimeSpan validFor, CancellationToken cancellationToken) =>
        (await audio.UploadAddressAsync(jobId, validFor, cancellationToken))?.AbsoluteUri
        ?? $"{address.ForWorkers}/api/audio/{jobId}/content?{signer.Sign(UrlPurpose.Upload, jobId, validFor)}";

    /// <summary>
    /// Before a further attempt: what a former one left goes. An address of the store's own creates and never replaces, so that a WAV which
    /// was found not usable would stay for ever.
    /// </summary>
    /// <param name="job">With this attempt counted.</param>
    /// <exception cref="StorageUnavailableException">The audio store cannot be reached.</exception>
    public async Task ClearAsync(AudioJob job, CancellationToken cancellationToken)
    {
        if (job.Attempts > 1) await audio.DeleteAsync(job.Id, cancellationToken);
    }
}

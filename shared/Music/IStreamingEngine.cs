namespace AudioReprompt.Music;

/// <summary>An engine whose audio can be heard before it is finished.</summary>
public interface IStreamingEngine : IMusicEngine
{
    /// <summary>The same samples as <see cref="IMusicEngine.GenerateAsync"/>, in the order of time and as soon as they are there.</summary>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    IAsyncEnumerable<GeneratedAudio> StreamAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken);
}

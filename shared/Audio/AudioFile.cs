namespace AudioReprompt.Audio;

/// <summary>
/// Where recordings come in: the one place that knows which reader a file gets. Ours is <see cref="WavReader"/>; built with
/// <c>-p:FullRegistry=true</c> NAudio decodes the samples, behind the same checks of the header.
/// </summary>
public static class AudioFile
{
    /// <summary>Opens a WAVE file and reads its header; the samples come as they are asked for.</summary>
    /// <exception cref="InvalidDataException">Not a complete WAVE file that is supported; the message names what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IAudioReader OpenRead(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        try
        {
            return OpenRead(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <param name="input">From its position on; closed with the reader, not where this throws.</param>
    /// <inheritdoc cref="OpenRead(string)" path="/exception"/>
    public static IAudioReader OpenRead(Stream input)
    {
#if NAUDIO
        // NAudio has to know where the samples end, which only a header that was checked to the file's end says.
        if (input.CanSeek) return new NAudioReader(input);
#endif
        return new WavReader(input);
    }
}

namespace AudioReprompt.MusicGen.Generation;

/// <summary>
/// MusicGen's order of tokens: codebook k of a frame is taken k steps after the first, in stereo both channels of a pair together (Copet et
/// al., "Simple and Controllable Music Generation", 2023, section 2.2). Steps count from 1; frame f of a codebook is the token of step
/// f + delay, f from 1.
/// </summary>
/// <param name="codebooks">Of all channels together.</param>
/// <param name="channels">1 or 2.</param>
/// <param name="padToken">Stands where a codebook has no frame.</param>
internal sealed class DelayPattern(int codebooks, int channels, int padToken)
{
    public int Codebooks => codebooks;

    public int Channels => channels;

    public int PadToken => padToken;

    /// <summary>Steps by which the last codebook is behind the first.</summary>
    public int MaxDelay => Delay(codebooks - 1);

    public int Delay(int codebook) => codebook / channels;

    /// <summary>Steps that a number of frames takes.</summary>
    public int Steps(int frames) => frames + MaxDelay;

    /// <summary>Which frame a step's token belongs to, from 0; −1 where there is none and the pad token stands.</summary>
    public int FrameAt(int step, int codebook, int frames)
    {
        var frame = step - 1 - Delay(codebook);
        return frame >= 0 && frame < frames ? frame : -1;
    }

    /// <summary>Frames of which all codebooks are known after a step.</summary>
    public int CompleteFrames(int step, int frames) => Math.Clamp(step - MaxDelay, 0, frames);
}

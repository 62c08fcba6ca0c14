namespace AudioReprompt.Composing.Synthesis;

/// <summary>What the composer makes.</summary>
internal static class AudioFormat
{
    /// <summary>Hz, the rate of MusicGen's EnCodec too.</summary>
    public const int SampleRate = 32_000;

    public const int Channels = 2;
}

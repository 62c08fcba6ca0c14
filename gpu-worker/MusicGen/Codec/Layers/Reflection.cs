namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>Reflect padding as EnCodec has it: a signal no longer than its padding is first extended by zeros behind, which are cut off again after.</summary>
internal static class Reflection
{
    /// <summary>Which row a place of the padded signal repeats.</summary>
    /// <param name="place">Counted from the first real row; negative before it.</param>
    /// <param name="length">Rows of the signal.</param>
    /// <param name="padding">The larger of the two sides' rows.</param>
    /// <returns>The row, or −1 for a zero.</returns>
    public static int Row(int place, int length, int padding)
    {
        var extended = Math.Max(length, padding + 1);
        if (place < 0) place = -place;
        if (place >= extended) place = 2 * (extended - 1) - place;
        return place < length ? place : -1;
    }
}

namespace AudioReprompt.Scoring.Clap;

/// <summary>Vectors of length 1: of what a model says of a text or a recording only the direction counts.</summary>
internal static class UnitVector
{
    /// <param name="what">Whose vector it is, for the message.</param>
    /// <exception cref="InvalidDataException">It is zero or not finite, and so has no direction.</exception>
    public static float[] Of(ReadOnlySpan<float> vector, string what)
    {
        var squares = 0.0;
        foreach (var value in vector) squares += (double)value * value;
        if (!double.IsFinite(squares) || squares == 0) throw new InvalidDataException($"The vector of {what} is {(squares == 0 ? "zero" : "not finite")}, so it has no direction.");
        var length = Math.Sqrt(squares);
        var unit = new float[vector.Length];
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(vector[i] / length);
        return unit;
    }
}

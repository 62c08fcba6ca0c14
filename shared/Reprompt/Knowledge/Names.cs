using System.Text.Json;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>
/// An enumeration's values by their names in the files: <c>PluckedStrings</c> is <c>plucked_strings</c>. Its values count from 0
/// without gaps, so that a value is a place in the list.
/// </summary>
internal static class Names<T>
    where T : struct, Enum
{
    public static string[] All { get; } = Array.ConvertAll(Enum.GetNames<T>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);

    public static T First => default;

    public static T Last => (T)Enum.ToObject(typeof(T), All.Length - 1);
}

using System.Globalization;

namespace AudioReprompt.Statistics;

/// <summary>Numbers as a report prints them: invariant, rounded by their exact binary value, "–" for what there is not.</summary>
public static class PrintedNumber
{
    /// <summary>Stands where a statistic is undefined; never 0.</summary>
    public const string None = "–";

    private const double SmallestPrintedP = 1e-4;

    /// <summary>
    /// To the nearest; a value that lies exactly in the middle goes to the even digit, as IEEE 754 and C's printf do, where .NET's
    /// own format goes away from zero. A number that rounds to 0 has no sign.
    /// </summary>
    public static string Fixed(double? value, int decimals)
    {
        if (value is not { } number) return None;
        var format = $"F{decimals}";
        var text = number.ToString(format, CultureInfo.InvariantCulture);

        // Only an odd multiple of 2⁻⁽ᵈ⁺¹⁾ can lie in the middle between two numbers of d decimals.
        var halves = Math.ScaleB(number, decimals + 1);
        if (Math.IEEERemainder(halves, 2) is 1 or -1 && (text[^1] - '0') % 2 == 1)
            text = (number > 0 ? Math.BitDecrement(number) : Math.BitIncrement(number)).ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.All(character => character is '-' or '0' or '.') ? text[1..] : text;
    }

    /// <summary>As <see cref="Fixed"/>, with a + where it is not negative.</summary>
    public static string WithSign(double? value, int decimals)
    {
        var text = Fixed(value, decimals);
        return value is null || text.StartsWith('-') ? text : $"+{text}";
    }

    /// <summary>Four decimals, or that it is below what these can show.</summary>
    public static string P(double? p) => p < SmallestPrintedP ? $"< {Fixed(SmallestPrintedP, 4)}" : Fixed(p, 4);
}

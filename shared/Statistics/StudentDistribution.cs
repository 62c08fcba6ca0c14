using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace AudioReprompt.Statistics;

/// <summary>Student's t distribution.</summary>
public static class StudentDistribution
{
    private const double OneHalf = 0.5;

    /// <summary>Newton's method doubles the digits with each step, and MathNet's root search hands it eight.</summary>
    private const int NewtonSteps = 3;

    /// <summary>
    /// The probability of a |t| at least as large. From the incomplete beta function (Abramowitz and Stegun 1964, 26.7.1), not
    /// from 1 − cdf, so that it keeps its digits where it is tiny.
    /// </summary>
    /// <param name="degreesOfFreedom">More than 0.</param>
    public static double TwoSidedP(double t, double degreesOfFreedom)
    {
        var square = t * t;

        // A small t would be rounded away beside the degrees of freedom; there p is near 1, and 1 − cdf loses nothing.
        return square < 1
            ? 1 - SpecialFunctions.BetaRegularized(OneHalf, degreesOfFreedom / 2, square / (degreesOfFreedom + square))
            : SpecialFunctions.BetaRegularized(degreesOfFreedom / 2, OneHalf, degreesOfFreedom / (degreesOfFreedom + square));
    }

    /// <summary>The t that is exceeded on either side with a given probability.</summary>
    /// <param name="twoSidedP">More than 0 and less than 1; 0.05 for a 95 % interval.</param>
    /// <param name="degreesOfFreedom">More than 0.</param>
    public static double CriticalValue(double twoSidedP, double degreesOfFreedom)
    {
        var t = -StudentT.InvCDF(0, 1, degreesOfFreedom, twoSidedP / 2);
        for (var step = 0; step < NewtonSteps; step++)
            t += (TwoSidedP(t, degreesOfFreedom) - twoSidedP) / (2 * StudentT.PDF(0, 1, degreesOfFreedom, t));
        return t;
    }
}

namespace AudioReprompt.Composing.Tests;

public sealed class PortableMathTests
{
    [Fact]
    public void ElementaryFunctions_OverTheirRange_AgreeWithTheRuntime()
    {
        for (var x = -40.0; x <= 40; x += 0.137)
        {
            Assert.InRange(PortableMath.Exp2(x) / Math.Pow(2, x), 1 - 1e-13, 1 + 1e-13);
            Assert.InRange(PortableMath.SinTurns(x) - Math.Sin(2 * Math.PI * x), -1e-12, 1e-12);
            Assert.InRange(PortableMath.CosTurns(x) - Math.Cos(2 * Math.PI * x), -1e-12, 1e-12);
            Assert.InRange(PortableMath.Log2(Math.Pow(2, x)) - x, -1e-12, 1e-12);
        }

        Assert.Equal(0, PortableMath.Exp2(-5000));
        Assert.Equal(0.5, PortableMath.FromDecibels(-6.020599913279624), 12);
        Assert.Equal(261.6255653, PortableMath.PitchToHz(60), 6);
    }
}

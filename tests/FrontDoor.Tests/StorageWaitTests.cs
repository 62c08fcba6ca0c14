using AudioReprompt.FrontDoor;
using AudioReprompt.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Tests.FrontDoor;

public sealed class StorageWaitTests
{
    [Fact]
    public void Open_AwayAtFirst_TriesAgainUntilItIsThere()
    {
        var tries = 0;
        Wait(TimeSpan.FromMinutes(1)).Open(() =>
        {
            if (++tries < 4) throw new StorageUnavailableException("away");
        });

        Assert.Equal(4, tries);
    }

    [Fact]
    public void Open_TimeIsOver_SaysWhy()
    {
        var tries = 0;
        var fault = Assert.Throws<StorageUnavailableException>(() => Wait(TimeSpan.FromMilliseconds(50)).Open(() =>
        {
            tries++;
            throw new StorageUnavailableException("away");
        }));

        Assert.Equal("away", fault.Message);
        Assert.True(tries > 1);
    }

    [Fact]
    public void Open_NoTimeAllowed_TriesOnce()
    {
        var tries = 0;
        Assert.Throws<StorageUnavailableException>(() => Wait(TimeSpan.Zero).Open(() =>
        {
            tries++;
            throw new StorageUnavailableException("away");
        }));

        Assert.Equal(1, tries);
    }

    [Fact]
    public void Open_AnotherFault_IsNotTriedAgain()
    {
        var tries = 0;
        Assert.Throws<InvalidDataException>(() => Wait(TimeSpan.FromMinutes(1)).Open(() =>
        {
            tries++;
            throw new InvalidDataException("broken");
        }));

        Assert.Equal(1, tries);
    }

    private static StorageWait Wait(TimeSpan longest) => new(longest, TimeSpan.FromMilliseconds(1), TimeProvider.System, NullLogger.Instance);
}

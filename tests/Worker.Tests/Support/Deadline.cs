namespace AudioReprompt.Worker.Tests.Support;

/// <summary>What a test waits for must come within this time, or it fails rather than hangs.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static Task InTime(this Task task) => task.WaitAsync(Time);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Time);
}

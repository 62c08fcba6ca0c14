using System.Globalization;
using System.Text;
using AudioReprompt.Jobs;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// The names of the blobs behind a job. A listing comes in the order of the names, so a name says where a job belongs:
/// <list type="table">
/// <item><term><c>jobs/{id}</c></term><description>the record</description></item>
/// <item><term><c>list/{digits of the inverted id}</c></term><description>a marker while the job is not deleted, newest first</description></item>
/// <item><term><c>active/{time}-{id}</c></term><description>a marker while the job has not ended, oldest write first</description></item>
/// <item><term><c>ended/{time}-{id}</c></term><description>a marker from its end to its deletion, first ended first</description></item>
/// <item><term><c>deleted/{time}-{id}</c></term><description>a marker from its deletion to its purge, first deleted first</description></item>
/// <item><term><c>keys/{hash}</c></term><description>the claim on an idempotency key, with the whole new record in it</description></item>
/// </list>
/// </summary>
internal static class JobBlobName
{
    public const string List = "list/";
    public const string Active = "active/";
    public const string Ended = "ended/";
    public const string Deleted = "deleted/";

    /// <summary>
    /// Digits after which a list marker's name has a slash. A UUIDv7 begins with its time in milliseconds, 48 bits: the folders are 3 days,
    /// 17 minutes and 4 seconds wide, so that each has at most 256 folders and only the last thousands of blobs.
    /// </summary>
    public static readonly int[] ListFolders = [5, 7, 9];

    public static string OfRecord(Guid id) => $"jobs/{id:N}";

    public static string OfKey(string idempotencyKey) => $"keys/{HashedName.Of(idempotencyKey)}";

    /// <summary>Every digit is turned round, so that the youngest id comes first.</summary>
    public static string OfListed(Guid id)
    {
        var name = new StringBuilder(List);
        var digits = id.ToString("N");
        for (var i = 0; i < digits.Length; i++)
        {
            if (ListFolders.Contains(i)) name.Append('/');
            name.Append(Inverted(digits[i]));
        }

        return name.ToString();
    }

    public static Guid IdOfListed(string name) => Guid.ParseExact(
        string.Concat(name.AsSpan(List.Length).ToString().Where(digit => digit != '/').Select(Inverted)), "N");

    /// <summary>The marker that a job is created with.</summary>
    public static TimedMarker OfNew(AudioJob job) => new(Active, job.CreatedAt, job.Id);

    /// <summary>The marker that belongs to a record as it stands.</summary>
    public static TimedMarker Of(AudioJob job) => job switch
    {
        { Deleted: true } => new(Deleted, job.UpdatedAt, job.Id),
        _ when job.State.IsTerminal() => OfEnded(job),
        _ => new(Active, job.UpdatedAt, job.Id),
    };

    public static TimedMarker OfEnded(AudioJob job) => new(Ended, job.EndedAt ?? job.UpdatedAt, job.Id);

    private static char Inverted(char digit) => "0123456789abcdef"[15 - Convert.ToInt32(digit.ToString(), 16)];
}

/// <summary>A marker whose name has a time: 19 digits of 100 ns since the year 1, UTC.</summary>
internal readonly record struct TimedMarker(string Prefix, DateTimeOffset Time, Guid Id)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Time.UtcTicks:D19}-{Id:N}");

    public static TimedMarker Parse(string prefix, string name)
    {
        var parts = name.AsSpan(prefix.Length);
        var ticks = long.Parse(parts[..19], NumberStyles.None, CultureInfo.InvariantCulture);
        return new(prefix, new DateTimeOffset(ticks, TimeSpan.Zero), Guid.ParseExact(parts[20..], "N"));
    }
}

using System.Runtime.ExceptionServices;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// Threads that share out small pieces of work, some thousand times a second, without a system call in between. The caller works too. A
/// thread that gets no core is not waited for unless it holds a piece, so a busy machine costs speed and no more.
/// </summary>
internal sealed class Crew : IDisposable
{
    /// <summary>Looks for work before a thread sleeps: about a millisecond, longer than what lies between two steps of a song.</summary>
    private const int LooksBeforeSleep = 20_000;
    private const int LooksBeforeYield = 2_000;
    private const int MaxParts = 1 << 15;

    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _wake = new(0);

    /// <summary>Which call (32 bits), how many parts (16), the next part (16): a part is claimed by one exchange that also proves the call.</summary>
    private long _ticket;
    private Action<int>? _body;
    private int _done;
    private int _asleep;
    private Exception? _fault;
    private volatile bool _ending;

    /// <param name="threads">With the caller's own; at least 1.</param>
    public Crew(int threads)
    {
        Threads = Math.Max(1, threads);
        _helpers = [.. Enumerable.Range(1, Threads - 1).Select(number => new Thread(Help) { IsBackground = true, Name = $"decoder {number}" })];
        foreach (var helper in _helpers) helper.Start();
    }

    public int Threads { get; }

    /// <summary>Calls <paramref name="body"/> with 0…<paramref name="parts"/> − 1, each once, and returns when all have ended. One caller at a time.</summary>
    public void Run(int parts, Action<int> body)
    {
        if (_helpers.Length == 0 || parts <= 1 || parts > MaxParts)
        {
            for (var part = 0; part < parts; part++) body(part);
            return;
        }

        _body = body;
        _done = 0;
        var call = (int)(_ticket >> 32) + 1;
        Interlocked.Exchange(ref _ticket, (long)call << 32 | (long)parts << 16);
        var asleep = Interlocked.Exchange(ref _asleep, 0);
        if (asleep > 0) _wake.Release(asleep);
        while (TryClaim(out var part)) Work(body, part);
        for (var looks = 0; Volatile.Read(ref _done) < parts; looks++) Pause(looks);
        if (Interlocked.Exchange(ref _fault, null) is { } fault) ExceptionDispatchInfo.Throw(fault);
    }

    public void Dispose()
    {
        _ending = true;
        _wake.Release(_helpers.Length + 1);
        foreach (var helper in _helpers) helper.Join();
        _wake.Dispose();
    }

    private void Help()
    {
        var looks = 0;
        while (!_ending)
        {
            if (TryClaim(out var part))
            {
                looks = 0;
                Work(_body!, part);
            }
            else if (looks++ < LooksBeforeSleep)
            {
                Pause(looks);
            }
            else
            {
                // Whoever calls next wakes it; a call that came just before goes on without it.
                looks = 0;
                Interlocked.Increment(ref _asleep);
                _wake.Wait();
            }
        }
    }

    private bool TryClaim(out int part)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            part = (int)(ticket & 0xFFFF);
            if (part >= (int)(ticket >> 16 & 0xFFFF)) return false;
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket) return true;
        }
    }

    private void Work(Action<int> body, int part)
    {
        try
        {
            body(part);
        }
        catch (Exception exception)
        {
            // It belongs to the caller, who is waiting for this part.
            Interlocked.CompareExchange(ref _fault, exception, null);
        }

        Interlocked.Increment(ref _done);
    }

    private static void Pause(int looks)
    {
        if (looks % LooksBeforeYield == LooksBeforeYield - 1) Thread.Yield();
        else Thread.SpinWait(1);
    }
}

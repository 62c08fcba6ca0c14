namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>
/// A loop of phases shared by threads: the items of a phase in any order, a phase only after the one before it. Items are taken by ticket,
/// so the caller gets through alone where no other thread has time; nobody waits for a thread that has not begun.
/// </summary>
internal sealed class PhasedLoop
{
    private readonly Action<int, int> _body;
    private readonly int _items;
    private readonly int _tickets;
    private int _taken;
    private int _done;
    private Exception? _failure;

    private PhasedLoop(int phases, int items, Action<int, int> body) => (_tickets, _items, _body) = (checked(phases * items), items, body);

    /// <summary>Runs the loop and returns when all of it is done.</summary>
    /// <param name="threads">At most so many, the caller's among them.</param>
    /// <param name="items">Items of one phase.</param>
    /// <param name="body">Takes phase and item.</param>
    public static void Run(int threads, int phases, int items, Action<int, int> body)
    {
        if (threads == 1 || items == 1)
        {
            for (var phase = 0; phase < phases; phase++)
            {
                for (var item = 0; item < items; item++) body(phase, item);
            }

            return;
        }

        var loop = new PhasedLoop(phases, items, body);
        for (var other = 1; other < Math.Min(threads, items); other++) ThreadPool.UnsafeQueueUserWorkItem(static state => state.Work(), loop, preferLocal: false);
        loop.Work();
        loop.Await(loop._tickets);
        if (loop._failure is not null) throw new InvalidOperationException("A part of the codec's computation failed.", loop._failure);
    }

    private void Work()
    {
        int ticket;
        while ((ticket = Interlocked.Increment(ref _taken) - 1) < _tickets)
        {
            var (phase, item) = Math.DivRem(ticket, _items);
            Await(phase * _items);
            try
            {
                _body(phase, item);
            }
            catch (Exception exception)
            {
                // Thrown on by the caller; here it would end the process.
                _failure = exception;
            }

            Interlocked.Increment(ref _done);
        }
    }

    private void Await(int done)
    {
        // Without sleeping: what is awaited takes microseconds.
        for (var spin = new SpinWait(); Volatile.Read(ref _done) < done;) spin.SpinOnce(sleep1Threshold: -1);
    }
}

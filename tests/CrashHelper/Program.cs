using AudioReprompt.CrashHelper;

// Console.Out is flushed with every line, so that what was printed is with the reader when this process is killed.
await Workload.RunAsync(args[0], args[1], id => Console.Out.WriteLine(id.ToString("D")));

// It is there to be killed: whoever started it decides when.
await Task.Delay(Timeout.Infinite);

using AudioReprompt.Worker;
using AudioReprompt.Worker.Handling;

return await WorkerProgram.RunAsync(args, MusicWorker.Create);

using AudioReprompt.Worker.Fitness;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 56 to 59: fitness. No test here has a GPU: the driver is played.</summary>
public class FitnessTests
{
    [Fact]
    public async Task P56_Check_Fails_IsReportedAndEndsTheWorker()
    {
        var asked = new List<string>();
        FitnessCheck[] checks =
        [
            Passing("first", asked),
            new FitnessCheck("gpu & co", _ => throw new UnfitException(new string('x', 300))),
            Passing("never", asked),
        ];
        await using var rig = await PlatformRig.EchoAsync(new RigOptions { Checks = checks });
        Assert.Equal(1, await rig.Exit.InTime());
        var report = await rig.Plane.NextAsync(Call.Ping);
        Assert.Equal(
            $"/ping/w1?status=unhealthy&check=gpu%20%26%20co&reason=UnfitException%3A%20{new string('x', 256 - 16)}&runpod_version={PlatformEnvironment.Version}",
            report.Path);
        Assert.Equal("the-key", report.Header("Authorization"));
        Assert.Equal(["first"], asked);
        Assert.Equal((1, 0), (rig.Plane.Count(Call.Ping), rig.Plane.Count(Call.Take)));
        Assert.Contains("ERROR  | Fitness check failed: gpu & co | UnfitException: xxx", rig.Log);
        Assert.Contains("ERROR  | Worker is unhealthy, exiting.", rig.Log);
    }

    [Fact]
    public async Task P56_Check_Passes_WorkerTakesJobs()
    {
        await using var rig = await PlatformRig.EchoAsync(new RigOptions { Checks = [Passing("a", [])] });
        await rig.Plane.NextAsync(Call.Take);
    }

    [Fact]
    public void P57_Order_OnACudaHost_IsGpuSystemGeneration() =>
        Assert.Equal(["gpu", "memory", "disk", "cuda_version", "generation"], ChecksOf(new FakeGpu()).Select(check => check.Name));

    [Fact]
    public void P57_Order_OnACpuHost_IsNothingUnlessItIsAskedFor()
    {
        Assert.Empty(ChecksOf(new FakeGpu { IsCudaHost = false }));
        Assert.Equal(["memory"], ChecksOf(new FakeGpu { IsCudaHost = false }, ("RUNPOD_MIN_MEMORY_GB", "0.1")).Select(check => check.Name));
    }

    [Fact]
    public async Task P58_LocalApi_IsNotChecked()
    {
        // The local API's host knows no checks at all; a machine without any GPU serves it.
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        Assert.Equal("COMPLETED", (await worker.EndAsync(await worker.RunAsync())).GetProperty("status").GetString());
        var parts = AudioReprompt.Worker.Handling.MusicWorker.Create(AudioReprompt.Configuration.ConfigurationLoader.LoadDefault(new Dictionary<string, string>()), false, TimeProvider.System, NullLoggerFactory.Instance);
        Assert.Empty(parts.Checks);
    }

    [Theory]
    [InlineData("RUNPOD_SKIP_GPU_CHECK", "memory disk cuda_version")]
    [InlineData("RUNPOD_SKIP_AUTO_SYSTEM_CHECKS", "gpu generation")]
    public void P59_Skip_VariableIsTrue_LeavesItsChecksOut(string variable, string left)
    {
        Assert.Equal(left, string.Join(' ', ChecksOf(new FakeGpu(), (variable, "True")).Select(check => check.Name)));
        Assert.Equal(5, ChecksOf(new FakeGpu(), (variable, "1")).Count);
    }

    [Theory]
    [InlineData("gpu", "the driver sees no GPU", 0, 1, "12.4")]
    [InlineData("gpu", "512 MiB free of 24576; at least 1024", 512, 1, "12.4")]
    [InlineData("cuda_version", "CUDA 11.2; at least 11.8", 20000, 1, "11.2")]
    [InlineData("generation", "composer made", 20000, 0, "12.4")]
    public async Task P57_Check_OnAnUnfitMachine_SaysWhatIsWrong(string name, string message, int freeMegabytes, int samples, string cuda)
    {
        var gpu = new FakeGpu
        {
            Report = new GpuReport(freeMegabytes == 0 ? [] : [new Gpu("NVIDIA L4", "550.90", freeMegabytes, 24576)], Version.Parse(cuda)),
        };
        var check = ChecksOf(gpu, seconds: samples == 0 ? 0 : 0.1).Single(check => check.Name == name);
        var exception = await Assert.ThrowsAsync<UnfitException>(() => check.RunAsync(CancellationToken.None));
        Assert.Contains(message, exception.Message);
    }

    [Fact]
    public async Task P57_Checks_OnAFitMachine_Pass()
    {
        foreach (var check in ChecksOf(new FakeGpu(), ("RUNPOD_MIN_MEMORY_GB", "0.1"), ("RUNPOD_MIN_DISK_PERCENT", "0"))) await check.RunAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData(8, 2500, 8)]
    [InlineData(8, 5000, 4)]
    [InlineData(8, 50000, 1)]
    [InlineData(8, 0, 8)]
    [InlineData(2, 2500, 2)]
    public async Task GpuConcurrency_MemoryPerJob_LimitsTheConfigured(int configured, int megabytesPerJob, int expected)
    {
        var concurrency = new GpuConcurrency(_ => configured, new FakeGpu(), megabytesPerJob, NullLogger<GpuConcurrency>.Instance);
        concurrency.Next(1);
        await Task.Yield();
        Assert.Equal(expected, concurrency.Next(1));
        var noGpu = new GpuConcurrency(_ => configured, new FakeGpu { IsCudaHost = false }, megabytesPerJob, NullLogger<GpuConcurrency>.Instance);
        Assert.Equal(configured, noGpu.Next(1));
    }

    [Fact]
    public void NvidiaSmi_Output_IsRead()
    {
        Assert.Equal(
            [new Gpu("NVIDIA L4", "550.90.07", 22515, 23034), new Gpu("NVIDIA X", "1", 0, 5)],
            NvidiaSmi.ParseGpus("NVIDIA L4, 550.90.07, 22515, 23034\nNVIDIA X, 1, [N/A], 5\nnonsense\n"));
        Assert.Equal(new Version(12, 4), NvidiaSmi.ParseCudaVersion("| NVIDIA-SMI 550.90.07    Driver Version: 550.90.07    CUDA Version: 12.4     |"));
        Assert.Null(NvidiaSmi.ParseCudaVersion("no idea"));
    }

    private static FitnessCheck Passing(string name, List<string> asked) => new(name, _ =>
    {
        asked.Add(name);
        return Task.CompletedTask;
    });

    private static IReadOnlyList<FitnessCheck> ChecksOf(FakeGpu gpu, params (string Name, string Value)[] variables) => ChecksOf(gpu, 0.1, variables);

    private static IReadOnlyList<FitnessCheck> ChecksOf(FakeGpu gpu, double seconds, params (string Name, string Value)[] variables) => new FitnessChecks(
        gpu,
        new ControlledEngine { Seconds = seconds },
        name => variables.FirstOrDefault(variable => variable.Name == name).Value,
        NullLogger<FitnessChecks>.Instance).ForThisMachine();

    private sealed class FakeGpu : IGpuProbe
    {
        public bool IsCudaHost { get; init; } = true;

        public GpuReport Report { get; init; } = new([new Gpu("NVIDIA L4", "550.90", 20000, 24576)], new Version(12, 4));

        public Task<GpuReport> QueryAsync(CancellationToken cancellationToken) => Task.FromResult(Report);
    }
}

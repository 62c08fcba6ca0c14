using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Infra;

/// <summary>The audit of dependencies, with registries of the test's in the places of <c>dotnet</c>, <c>npm</c> and <c>curl</c>.</summary>
public sealed class AuditTests : IDisposable
{
    private const string Source = "https://nuget.example/index.json";
    private const string CleanNuGet = $$"""{"sources":["{{Source}}"],"projects":[{"path":"a.csproj"}]}""";
    private const string HoleInNuGet =
        $$$"""{"sources":["{{{Source}}}"],"projects":[{"path":"a.csproj","frameworks":[{"transitivePackages":[{"id":"Hollow","resolvedVersion":"1.2.3","vulnerabilities":[{"severity":"High","advisoryurl":"https://advisories.example/1"}]},{"id":"Sound","resolvedVersion":"2.0.0"}]}]}]}""";
    private const string Telling = """{"resources":[{"@type":"PackageBaseAddress/3.0.0"},{"@type":"VulnerabilityInfo/6.7.0"}]}""";
    private const string NotTelling = """{"resources":[{"@type":"PackageBaseAddress/3.0.0"}]}""";
    private const string CleanNpm = """{"auditReportVersion":2,"vulnerabilities":{}}""";
    private const string HoleInNpm = """{"auditReportVersion":2,"vulnerabilities":{"hollow":{"name":"hollow","range":"<4.5.6","severity":"critical"}}}""";
    private const string NpmRefused = """{"message":"405 Method Not Allowed","error":{"code":"E405"}}""";

    private readonly TemporaryFolder _commands = new();

    [Theory]
    [InlineData(CleanNuGet, Telling, CleanNpm, CleanNpm, 0, "NuGet: nothing found", "npm, web: nothing found", "npm, eng/azurite: nothing found")]
    [InlineData(HoleInNuGet, Telling, CleanNpm, CleanNpm, 1, "NuGet: Hollow 1.2.3: High, https://advisories.example/1")]
    [InlineData(CleanNuGet, Telling, HoleInNpm, CleanNpm, 1, "npm, web: hollow <4.5.6: critical")]
    [InlineData(CleanNuGet, Telling, CleanNpm, HoleInNpm, 0, "npm, eng/azurite (only builds, tests or measures): hollow <4.5.6: critical")]
    [InlineData(CleanNuGet, NotTelling, CleanNpm, CleanNpm, 3, $"NuGet: {Source} does not say what holes it knows")]
    [InlineData(CleanNuGet, "", CleanNpm, CleanNpm, 3, $"NuGet: {Source} does not say what holes it knows")]
    [InlineData(CleanNuGet, Telling, NpmRefused, CleanNpm, 3, "npm, web: the registry did not say")]
    [InlineData(CleanNuGet, Telling, CleanNpm, "", 3, "npm, eng/azurite: the registry did not say")]
    [InlineData(HoleInNuGet, Telling, NpmRefused, CleanNpm, 1, "NuGet: Hollow 1.2.3", "npm, web: the registry did not say")]
    public void Audit_WhatTheRegistriesSay_IsToldAndDecides(string nuget, string index, string page, string emulator, int code, params string[] told)
    {
        Put("dotnet", nuget);
        Put("curl", index);
        // npm asks about the folder that it stands in.
        Put("npm", CleanNpm, ("web", page), ("eng/azurite", emulator));

        var ended = Run();

        Assert.True(ended.Code == code, ended.Output);
        Assert.All(told, line => Assert.Contains(line, ended.Output, StringComparison.Ordinal));
        Assert.Equal(nuget == CleanNuGet && index == Telling, ended.Output.Contains("NuGet: nothing found", StringComparison.Ordinal));
    }

    [Fact]
    public void Audit_NuGetCannotBeAsked_IsNotTakenForClean()
    {
        Put("curl", Telling);
        Put("npm", CleanNpm);
        Write("dotnet", "echo 'no such solution'\nexit 1\n");
        var ended = Run();
        Assert.Equal(3, ended.Code);
        Assert.Contains("NuGet: could not be asked: no such solution", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("--everything", 2)]
    public void Audit_Arguments_EndWithTheCodeThatHelpNames(string argument, int code)
    {
        var ended = Run(argument);
        Assert.Equal(code, ended.Code);
        Assert.Contains("Usage: eng/audit.sh", ended.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _commands.Dispose();

    /// <summary>A command that prints a text, in some folders of the repository another one.</summary>
    private void Put(string name, string text, params (string Folder, string Text)[] elsewhere)
    {
        var cases = elsewhere.Select(place => $"*/{place.Folder}) printf %s '{place.Text}' ;;\n");
        Write(name, $"case $PWD in\n{string.Concat(cases)}*) printf %s '{text}' ;;\nesac\n");
    }

    private void Write(string name, string script)
    {
        File.WriteAllText(_commands.Combine(name), $"#!/bin/sh\n{script}");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_commands.Combine(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private (int Code, string Output) Run(params string[] arguments) => Script.Run(
        "eng/audit.sh", arguments, ("PATH", $"{_commands.Path}:{Environment.GetEnvironmentVariable("PATH")}"));
}

using System.Text.Json;
using System.Text.RegularExpressions;
using AudioReprompt.Configuration;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace AudioReprompt.Tests.Infra;

/// <summary>What infra/ says and what the programs read must be the same.</summary>
public sealed partial class InfrastructureTests
{
    private static readonly Setting[] Needed = [.. SettingsSection.Root.AllSettings.Where(setting => setting.IsNeededInAzure)];

    [Fact]
    public void Bicep_SettingsAndSecrets_AreThoseThatAzureNeeds()
    {
        var bicep = Read("infra/modules/front-door.bicep");
        var given = Names().Matches(bicep).Select(match => match.Groups["name"].Value)
            .Where(name => name.StartsWith("AUDIOREPROMPT", StringComparison.Ordinal) || SettingsSection.Root.AllSettings.Any(setting => setting.OwnVariable == name));
        Assert.Equal(Needed.Select(setting => setting.IsSecret ? setting.OwnVariable! : setting.Variable).Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bicep_LiteralValues_AreAcceptedByTheProgram()
    {
        var environment = Names().Matches(Read("infra/modules/front-door.bicep"))
            .Where(match => match.Groups["name"].Value.StartsWith(EnvironmentSettings.Prefix, StringComparison.Ordinal) && match.Groups["text"].Success)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["text"].Value);
        Assert.NotEmpty(environment);
        var loaded = ConfigurationLoader.Load(Path.Combine(Repository.Root, "config.yaml"), environment);
        Assert.Equal("azure", loaded.Options.Storage.Kind);
        Assert.Equal("json", loaded.Options.Logging.Format);
    }

    [Fact]
    public void Bicep_Secrets_AreReferencesAndNothingElse()
    {
        var secrets = Needed.Where(setting => setting.IsSecret).Select(setting => setting.OwnVariable!).ToHashSet();
        var given = Names().Matches(Read("infra/modules/front-door.bicep")).Where(match => secrets.Contains(match.Groups["name"].Value)).ToArray();
        Assert.Equal(secrets.Count, given.Length);
        Assert.All(given, match => Assert.StartsWith("@Microsoft.KeyVault(VaultName=${vaultName};SecretName=", match.Groups["text"].Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("infra/modules/host-storage.bicep")]
    [InlineData("infra/modules/song-storage.bicep")]
    public void Bicep_StorageAccount_HasNoKeyAndNothingPublic(string file)
    {
        var bicep = Read(file);
        Assert.Contains("allowBlobPublicAccess: false", bicep, StringComparison.Ordinal);
        Assert.Contains("allowSharedKeyAccess: false", bicep, StringComparison.Ordinal);
        Assert.Contains("minimumTlsVersion: 'TLS1_2'", bicep, StringComparison.Ordinal);
        Assert.DoesNotContain("listKeys", bicep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure.yaml")]
    [InlineData("infra/docker-compose.yaml")]
    [InlineData("infra/docker-compose.gpu.yaml")]
    [InlineData(".github/workflows/ci.yaml")]
    [InlineData(".github/workflows/deploy.yaml")]
    public void Yaml_File_IsAMapping(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read(file)));
        Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
    }

    [Theory]
    [InlineData(".runpod/hub.json")]
    [InlineData(".runpod/tests.json")]
    public void RunPodFile_Settings_AreSettingsOfTheProgram(string file)
    {
        using var json = JsonDocument.Parse(Read(file));
        var known = SettingsSection.Root.AllSettings.Select(setting => setting.Variable).ToHashSet();
        Assert.All(json.RootElement.GetProperty("config").GetProperty("env").EnumerateArray(), entry => Assert.Contains(entry.GetProperty("key").GetString()!, known));
    }

    [Theory]
    [InlineData(".github/workflows/ci.yaml")]
    [InlineData(".github/workflows/deploy.yaml")]
    public void Workflow_CommandsOfOurs_AreThereAndSecretsAreNot(string file)
    {
        var text = Read(file);
        Assert.All(OwnCommands().Matches(text), match => Assert.True(File.Exists(Path.Combine(Repository.Root, match.Value)), match.Value));
        Assert.DoesNotContain("secrets.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void GpuImage_Base_IsTakenByDigestAndTheUserIsNotRoot()
    {
        var file = Read("infra/Dockerfile.gpu");
        Assert.Matches(@"(?m)^ARG CUDA_IMAGE=\S+@sha256:\S+$", file);
        Assert.Matches(@"(?m)^FROM \$\{CUDA_IMAGE\} AS worker$", file);
        Assert.Matches(@"(?m)^USER worker$", file);
        Assert.Matches(@"(?m)^HEALTHCHECK ", file);
    }

    /// <summary>Both programs stand on the stage that leaves root.</summary>
    [Fact]
    public void Image_Programs_RunAsAUserThatIsNotRoot()
    {
        var stages = Read("infra/Dockerfile").Split("\nFROM ");
        Assert.Matches(@"(?m)^USER \$APP_UID$", Assert.Single(stages, stage => stage.Split('\n')[0].EndsWith(" AS base", StringComparison.Ordinal)));
        string[] programs = ["base AS front-door", "base AS worker"];
        Assert.All(programs, name => Assert.DoesNotMatch("(?m)^USER ", Assert.Single(stages, stage => stage.Split('\n')[0] == name)));
    }

    [Theory]
    [InlineData(0, "--help")]
    [InlineData(2, "--image", "i")]
    [InlineData(2, "--image")]
    [InlineData(2, "--what")]
    [InlineData(2, "--image", "i", "--upload-hosts", "h", "--workers-max", "0", "--dry-run")]
    [InlineData(2, "--image", "i", "--upload-hosts", "h")]
    public void RunPodScript_Arguments_EndWithTheCodeThatHelpNames(int expected, params string[] arguments) =>
        Assert.Equal(expected, Run(arguments).Code);

    [Fact]
    public void RunPodScript_NobodyAnswers_EndsWith1AndNeverShowsTheKey()
    {
        // Port 1 of loopback: nobody listens there.
        var (code, output) = Run(["--image", "i", "--upload-hosts", "h"], key: "rpa_s3cret");
        Assert.Equal(1, code);
        Assert.Contains("could not be reached", output, StringComparison.Ordinal);
        Assert.DoesNotContain("rpa_s3cret", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", 200, 0, "GET /templates,POST /templates,GET /endpoints,POST /endpoints")]
    [InlineData("""[{"id":"x1","name":"audioreprompt"}]""", 200, 0, "GET /templates,PATCH /templates/x1,GET /endpoints,PATCH /endpoints/x1")]
    [InlineData("[]", 401, 1, "GET /templates")]
    public async Task RunPodScript_WhatIsThereIsChangedAndWhatIsNotIsMade(string list, int status, int code, string expected)
    {
        var requests = new List<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(async context =>
        {
            requests.Add($"{context.Request.Method} {context.Request.Path}");
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer rpa_s3cret" ? status : 403;
            await context.Response.WriteAsync(context.Request.Method == "GET" ? list : """{"id":"x1"}""");
        });
        await server.StartAsync();

        var ended = await Task.Run(() => Run(["--image", "i", "--upload-hosts", "h"], "rpa_s3cret", server.Urls.Single()));

        Assert.Equal(code, ended.Code);
        Assert.Equal(expected, string.Join(',', requests));
        Assert.Equal(code == 0, ended.Output == "https://api.runpod.ai/v2/x1\n");
        Assert.DoesNotContain("rpa_s3cret", ended.Output, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Run(string[] arguments, string key = "", string url = "http://127.0.0.1:1") =>
        Script.Run("infra/runpod-endpoint.sh", arguments, ("RUNPOD_API_KEY", key), ("RUNPOD_REST_URL", url));

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"^\s+(?:\? \{ )?(?<name>[A-Z][A-Z_]+): (?:'(?<text>[^']*)'|\S+)", RegexOptions.Multiline)]
    private static partial Regex Names();

    [GeneratedRegex(@"(?<=run: )\./[\w./-]+")]
    private static partial Regex OwnCommands();
}

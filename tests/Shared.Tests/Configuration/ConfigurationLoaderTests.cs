using AudioReprompt.Configuration;

namespace AudioReprompt.Tests.Configuration;

/// <summary>Values, which source goes before which, and which file is read.</summary>
public sealed class ConfigurationLoaderTests : IDisposable
{
    private const string Secret = "rpa_V3ryS3cretV4lue";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n...\n")]
    [InlineData("{}\n")]
    [InlineData("~\n")]
    [InlineData("api:\n  # all commented out\nworker:\n")]
    [InlineData("\uFEFF# a byte order mark\n")]
    public void Load_FileWithoutSettings_GivesDefaults(string yaml)
    {
        var loaded = _folder.Load(yaml);

        Assert.Equal(8080, loaded.Options.Api.Port);
        Assert.All(loaded.Settings, setting => Assert.Equal(SettingSource.Default, setting.Source));
    }

    [Fact]
    public void Load_ValuesOfEveryType_AreRead()
    {
        var options = _folder.Load(
            """
            api:
              port: 9090
              public_url: https://music.example.org/a
              cors_origins:
                - https://app.example.org
                - "*"
              mocked_response: true
            runpod: {break_seconds: 0.5, request_timeout_seconds: 1.5e1}
            storage:
              path: 'C # D'
            """).Options;

        Assert.Equal(9090, options.Api.Port);
        Assert.Equal("https://music.example.org/a", options.Api.PublicUrl);
        Assert.Equal(["https://app.example.org", "*"], options.Api.CorsOrigins);
        Assert.True(options.Api.MockedResponse);
        Assert.Equal(0.5, options.RunPod.BreakSeconds);
        Assert.Equal(15, options.RunPod.RequestTimeoutSeconds);
        Assert.Equal("C # D", options.Storage.Path);
    }

    [Fact]
    public void Load_EmptyListInFile_ReplacesDefault() =>
        Assert.Empty(_folder.Load("worker:\n  upload_hosts: []\n").Options.Worker.UploadHosts);

    [Fact]
    public void Load_SeveralSources_TheMoreSpecificGoesFirst()
    {
        const string yaml = "runpod:\n  api_url: http://file\n";
        var own = ("RUNPOD_API_URL", "http://own");
        var general = ("AUDIOREPROMPT__RUNPOD__API_URL", "http://general");

        Assert.Equal(("", "default"), ApiUrl(_folder.Load("")));
        Assert.Equal(("http://file", $"{_folder.FilePath}:2"), ApiUrl(_folder.Load(yaml)));
        Assert.Equal(("http://own", "RUNPOD_API_URL"), ApiUrl(_folder.Load(yaml, own)));
        Assert.Equal(("http://general", "AUDIOREPROMPT__RUNPOD__API_URL"), ApiUrl(_folder.Load(yaml, own, general)));
        Assert.Equal(("http://general", "AUDIOREPROMPT__RUNPOD__API_URL"), ApiUrl(_folder.Load(yaml, general)));
    }

    [Theory]
    [InlineData("AUDIOREPROMPT__API__PORT")]
    [InlineData("audioreprompt__api__port")]
    [InlineData("AudioReprompt__Api__Port")]
    public void Load_GeneralVariable_IsFoundInAnyCase(string name)
    {
        var loaded = _folder.Load("", (name, "9091"));

        Assert.Equal(9091, loaded.Options.Api.Port);
        Assert.Equal(name, Setting(loaded, "api.port").Source.ToString());
    }

    [Fact]
    public void Load_VariablesOfEveryType_AreRead()
    {
        var options = _folder.Load("",
            ("AUDIOREPROMPT__RUNPOD__BREAK_SECONDS", "2.5"),
            ("MOCKED_RESPONSE", "true"),
            ("AUDIOREPROMPT__LOGGING__LEVEL", "debug"),
            ("AUDIOREPROMPT__WORKER__UPLOAD_HOSTS", "music.example.org, 10.0.0.1,"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")).Options;

        Assert.Equal(2.5, options.RunPod.BreakSeconds);
        Assert.True(options.Api.MockedResponse);
        Assert.Equal("debug", options.Logging.Level);
        Assert.Equal(["music.example.org", "10.0.0.1"], options.Worker.UploadHosts);
        Assert.Equal("http://127.0.0.1:4318", options.Telemetry.OtlpEndpoint);
    }

    [Fact]
    public void Load_EmptyOwnVariable_IsNotSet()
    {
        var loaded = _folder.Load("api:\n  mocked_response: true\n", ("MOCKED_RESPONSE", ""), ("RUNPOD_API_KEY", ""));

        Assert.True(loaded.Options.Api.MockedResponse);
        Assert.Equal(SettingSource.Default, Setting(loaded, "runpod.api_key").Source);
    }

    [Fact]
    public void Load_EmptyGeneralVariable_IsAnEmptyTextOrList()
    {
        var options = _folder.Load("api:\n  public_url: http://x\n",
            ("AUDIOREPROMPT__API__PUBLIC_URL", ""), ("AUDIOREPROMPT__WORKER__UPLOAD_HOSTS", "")).Options;

        Assert.Equal("", options.Api.PublicUrl);
        Assert.Empty(options.Worker.UploadHosts);
    }

    [Fact]
    public void Load_Secret_ComesFromItsVariableOrTheGeneralOne()
    {
        var own = _folder.Load("", ("RUNPOD_API_KEY", Secret));
        var general = _folder.Load("", ("RUNPOD_API_KEY", "other"), ("AUDIOREPROMPT__RUNPOD__API_KEY", Secret));

        Assert.Equal(Secret, own.Options.RunPod.ApiKey);
        Assert.Equal("RUNPOD_API_KEY", Setting(own, "runpod.api_key").Source.Name);
        Assert.Equal(Secret, general.Options.RunPod.ApiKey);
        Assert.Equal("AUDIOREPROMPT__RUNPOD__API_KEY", Setting(general, "runpod.api_key").Source.Name);
    }

    [Fact]
    public void Load_Secret_IsMaskedInTheEffectiveSettings()
    {
        var loaded = _folder.Load("", ("RUNPOD_API_KEY", Secret));

        Assert.Equal(EffectiveSetting.Masked, Setting(loaded, "runpod.api_key").Value);
        Assert.Equal(EffectiveSetting.NotSet, Setting(loaded, "api.keys").Value);
        Assert.DoesNotContain(Secret, loaded + string.Join('\n', loaded.Settings), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherVariables_AreIgnored() =>
        Assert.Equal(8080, _folder.Load("", ("PORT", "1"), ("AUDIOREPROMPT_API_PORT", "1"), ("PATH", "/bin")).Options.Api.Port);

    [Fact]
    public void Load_RelativeFolders_StartAtTheFolderOfTheFile()
    {
        var loaded = _folder.Load("storage:\n  path: state/jobs\nreprompt:\n  data: /usr/share/audioreprompt\n");

        Assert.Equal(_folder.Path, loaded.Folder);
        Assert.Equal(_folder.Combine("state", "jobs"), loaded.StorageFolder);
        Assert.Equal("/usr/share/audioreprompt", loaded.DataFolder);
    }

    [Fact]
    public void Load_RelativeFolderFromTheEnvironment_StartsAtTheFolderOfTheFileToo() =>
        Assert.Equal(_folder.Combine("elsewhere"), _folder.Load("", ("AUDIOREPROMPT__STORAGE__PATH", "elsewhere")).StorageFolder);

    [Fact]
    public void LoadDefault_PathVariable_GoesBeforeTheFolders()
    {
        Write(8001, "config.yaml");
        Write(8002, "other", "named.yaml");

        var absolute = LoadDefault(".", ".", (ConfigurationLoader.PathVariable, _folder.Combine("other", "named.yaml")));
        var relative = LoadDefault(".", ".", (ConfigurationLoader.PathVariable, "other/named.yaml"));

        Assert.Equal(8002, absolute.Options.Api.Port);
        Assert.Equal(8002, relative.Options.Api.Port);
        Assert.Equal(_folder.Combine("other"), relative.Folder);
        Assert.Equal("other/named.yaml:2", Setting(relative, "api.port").Source.ToString());
    }

    [Fact]
    public void LoadDefault_FilesAboveBothFolders_TheCurrentFolderGoesFirst()
    {
        Write(8001, "here", "config.yaml");
        Write(8002, "program", "config.yaml");

        Assert.Equal(8001, LoadDefault("here/below/deep", "program/bin").Options.Api.Port);
        Assert.Equal(8002, LoadDefault("nothing/here", "program/bin").Options.Api.Port);
    }

    [Fact]
    public void LoadDefault_NoFile_GivesDefaultsAndEnvironmentBelowTheCurrentFolder()
    {
        var loaded = LoadDefault("nothing", "nothing", ("AUDIOREPROMPT__API__PORT", "8003"));

        Assert.Null(loaded.FilePath);
        Assert.Equal(8003, loaded.Options.Api.Port);
        Assert.Equal(_folder.Combine("nothing", "var"), loaded.StorageFolder);
    }

    [Fact]
    public void LoadDefault_ThisProcess_FindsTheRepositorysFileAboveTheProgram() =>
        Assert.EndsWith("config.yaml", ConfigurationLoader.LoadDefault(ConfigurationFolder.Environment(), "/").FilePath, StringComparison.Ordinal);

    private static (string, string) ApiUrl(LoadedConfiguration loaded) =>
        (loaded.Options.RunPod.ApiUrl, Setting(loaded, "runpod.api_url").Source.ToString());

    private static EffectiveSetting Setting(LoadedConfiguration loaded, string keyPath) =>
        loaded.Settings.Single(setting => setting.KeyPath == keyPath);

    private LoadedConfiguration LoadDefault(string currentFolder, string programFolder, params (string, string)[] environment) =>
        ConfigurationLoader.LoadDefault(
            ConfigurationFolder.Environment(environment), _folder.Combine(currentFolder), _folder.Combine(programFolder));

    private void Write(int port, params string[] path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(path))!);
        File.WriteAllText(_folder.Combine(path), $"api:\n  port: {port}\n");
    }
}

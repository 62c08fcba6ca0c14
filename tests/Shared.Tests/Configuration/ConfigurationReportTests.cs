using AudioReprompt.Configuration;

namespace AudioReprompt.Tests.Configuration;

/// <summary>What <c>audioreprompt config</c> shows.</summary>
public sealed class ConfigurationReportTests : IDisposable
{
    private const string Secret = "rpa_V3ryS3cretV4lue";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Render_SeveralSources_ShowsValuesWithTheirSources()
    {
        var loaded = _folder.Load(
            "runpod:\n  break_seconds: 2.5\n", ("RUNPOD_API_KEY", Secret), ("AUDIOREPROMPT__RUNPOD__RETRIES", "1"), ("RUNPOD_API_URL", "http://127.0.0.1:8000"));

        var section = Section(ConfigurationReport.Render(loaded), "runpod");

        Assert.Equal(
            $"""
            runpod:
              api_url: "http://127.0.0.1:8000"            # RUNPOD_API_URL
              # api_key: ********                         # RUNPOD_API_KEY
              request_timeout_seconds: 10                 # default
              retries: 1                                  # AUDIOREPROMPT__RUNPOD__RETRIES
              retry_delay_milliseconds: 200               # default
              break_failure_ratio: 0.5                    # default
              break_minimum_requests: 8                   # default
              break_sampling_seconds: 30                  # default
              break_seconds: 2.5                          # {_folder.FilePath}:2
            """,
            section);
    }

    [Fact]
    public void Render_Folders_AreShownAsAbsolutePaths()
    {
        var report = ConfigurationReport.Render(_folder.Load("storage:\n  path: state\n"));

        Assert.StartsWith(
            $"# {_folder.FilePath}\n# storage.path: {_folder.Combine("state")}\n# reprompt.data: {_folder.Combine("data")}\n\napi:\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NoFile_SaysSo() =>
        Assert.StartsWith(
            "# No config.yaml was found.\n",
            ConfigurationReport.Render(ConfigurationLoader.LoadDefault(ConfigurationFolder.Environment(), _folder.Path, _folder.Path)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("x")]
    [InlineData(Secret)]
    [InlineData("S3cret S3cret S3cret S3cret S3cret S3cret S3cret S3cret S3cret")]
    public void Render_Secret_ShowsNeitherItNorItsLength(string secret)
    {
        string Render(string value) => ConfigurationReport.Render(_folder.Load("", ("RUNPOD_API_KEY", value)));

        Assert.Equal(Render("another-one"), Render(secret));
        Assert.Contains("# api_key: ******** ", Render(secret), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SecretsNotSet_SaysSo() =>
        Assert.Contains("  # keys: (not set)  ", ConfigurationReport.Render(_folder.Load("")), StringComparison.Ordinal);

    [Theory]
    [InlineData("var")]
    [InlineData("a b")]
    [InlineData("/srv/music")]
    [InlineData("C:\\music")]
    [InlineData("a # b: c")]
    [InlineData("- a")]
    [InlineData("\"quoted\" 'twice'")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("010")]
    [InlineData("1e3")]
    [InlineData(" a ")]
    [InlineData("Müsik 音楽 \uD83C\uDFB5")]
    [InlineData("a\u200Bb\uFEFFc")]
    [InlineData("*a")]
    [InlineData("!a &b {c} [d] %e @f `g | h > i")]
    public void Render_AnyText_LoadsAgain(string text)
    {
        var first = _folder.Load("", ("AUDIOREPROMPT__STORAGE__PATH", text), ("AUDIOREPROMPT__WORKER__UPLOAD_HOSTS", $"a,{text}"));

        var again = _folder.Load(ConfigurationReport.Render(first));

        Assert.Equal(text, again.Options.Storage.Path);
        Assert.Equal(["a", text.Trim()], again.Options.Worker.UploadHosts);
    }

    [Fact]
    public void Render_EverySettingChanged_LoadsAgainToTheSameValues()
    {
        var first = _folder.Load(
            "",
            ("AUDIOREPROMPT__API__PORT", "0"),
            ("AUDIOREPROMPT__API__CORS_ORIGINS", "*,https://a.example"),
            ("MOCKED_RESPONSE", "true"),
            ("AUDIOREPROMPT__DISPATCH__WEBHOOK", "false"),
            ("AUDIOREPROMPT__RUNPOD__BREAK_SECONDS", "0.30000000000000004e1"),
            ("AUDIOREPROMPT__WORKER__UPLOAD_HOSTS", ""),
            ("AUDIOREPROMPT__LOGGING__LEVEL", "none"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://[::1]:4318/v1?a=b"));

        var again = _folder.Load(ConfigurationReport.Render(first));

        Assert.Equal(first.Settings.Select(setting => setting.Value), again.Settings.Select(setting => setting.Value));
    }

    private static string Section(string report, string name)
    {
        var start = report.IndexOf($"\n{name}:\n", StringComparison.Ordinal) + 1;
        return report[start..report.IndexOf("\n\n", start, StringComparison.Ordinal)];
    }
}

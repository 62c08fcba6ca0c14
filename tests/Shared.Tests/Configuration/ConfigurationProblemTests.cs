using System.Text;
using AudioReprompt.Configuration;

namespace AudioReprompt.Tests.Configuration;

/// <summary>What an operator reads when the configuration is wrong.</summary>
public sealed class ConfigurationProblemTests : IDisposable
{
    private const string Secret = "rpa_V3ryS3cretV4lue";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("AUDIOREPROMPT_API_KEYS")]
    [InlineData("AUDIOREPROMPT_SIGNING_KEY")]
    [InlineData("AUDIOREPROMPT__RUNPOD__API_KEY")]
    public void Load_SecretIsAnUnresolvedVaultReference_IsRefused(string name)
    {
        var problems = _folder.Problems("", (name, "@Microsoft.KeyVault(VaultName=kv-1;SecretName=some-secret-name)"));
        Assert.Contains("could not be resolved", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    // Out of range.
    [InlineData("api:\n\n\n  port: 99999\n", "config.yaml:4:9: api.port is 99999; allowed: 0…65535")]
    [InlineData("api: {port: -1}", "config.yaml:1:13: api.port is -1; allowed: 0…65535")]
    [InlineData("api: {port: 99999999999999999999}", "config.yaml:1:13: api.port is 99999999999999999999; allowed: 0…65535")]
    [InlineData("runpod: {request_timeout_seconds: 300.4}", "config.yaml:1:35: runpod.request_timeout_seconds is 300.4; allowed: 1…300")]
    [InlineData("runpod: {request_timeout_seconds: 0.6}", "config.yaml:1:35: runpod.request_timeout_seconds is 0.6; allowed: 1…300")]
    [InlineData("runpod: {break_seconds: 0.4}", "config.yaml:1:25: runpod.break_seconds is 0.4; allowed: 0.5…600")]
    [InlineData("runpod: {break_seconds: 1e999}", "config.yaml:1:25: runpod.break_seconds is 1e999; allowed: 0.5…600")]
    // Wrong type: whole number.
    [InlineData("api: {port: abc}", "config.yaml:1:13: api.port is \"abc\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: 80.5}", "config.yaml:1:13: api.port is \"80.5\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: 010}", "config.yaml:1:13: api.port is \"010\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: 0o10}", "config.yaml:1:13: api.port is \"0o10\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: 0x10}", "config.yaml:1:13: api.port is \"0x10\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: 8_080}", "config.yaml:1:13: api.port is \"8_080\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: +80}", "config.yaml:1:13: api.port is \"+80\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: ٨٠}", "config.yaml:1:13: api.port is \"٨٠\"; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: \"8080\"}", "config.yaml:1:13: api.port is \"8080\" in quotes; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: }", "config.yaml:1:13: api.port is null; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: [80]}", "config.yaml:1:13: api.port is a list; allowed: a whole number, 0…65535")]
    [InlineData("api: {port: {a: 1}}", "config.yaml:1:13: api.port is a section; allowed: a whole number, 0…65535")]
    // Wrong type: number.
    [InlineData("runpod: {break_seconds: .nan}", "config.yaml:1:25: runpod.break_seconds is \".nan\"; allowed: a number, 0.5…600")]
    [InlineData("runpod: {break_seconds: NaN}", "config.yaml:1:25: runpod.break_seconds is \"NaN\"; allowed: a number, 0.5…600")]
    [InlineData("runpod: {break_seconds: .inf}", "config.yaml:1:25: runpod.break_seconds is \".inf\"; allowed: a number, 0.5…600")]
    [InlineData("runpod: {break_seconds: Infinity}", "config.yaml:1:25: runpod.break_seconds is \"Infinity\"; allowed: a number, 0.5…600")]
    [InlineData("runpod: {break_seconds: '1,5'}", "config.yaml:1:25: runpod.break_seconds is \"1,5\" in quotes; allowed: a number, 0.5…600")]
    [InlineData("runpod: {break_seconds: 5s}", "config.yaml:1:25: runpod.break_seconds is \"5s\"; allowed: a number, 0.5…600")]
    // Wrong type: truth value.
    [InlineData("dispatch: {webhook: yes}", "config.yaml:1:21: dispatch.webhook is \"yes\"; allowed: true or false")]
    [InlineData("dispatch: {webhook: True}", "config.yaml:1:21: dispatch.webhook is \"True\"; allowed: true or false")]
    [InlineData("dispatch: {webhook: 1}", "config.yaml:1:21: dispatch.webhook is \"1\"; allowed: true or false")]
    [InlineData("dispatch: {webhook: 'true'}", "config.yaml:1:21: dispatch.webhook is \"true\" in quotes; allowed: true or false")]
    // Wrong type: text.
    [InlineData("api: {host: 127}", "config.yaml:1:13: api.host is 127; allowed: text; put it in quotes if it is meant so")]
    [InlineData("api: {host: false}", "config.yaml:1:13: api.host is false; allowed: text; put it in quotes if it is meant so")]
    [InlineData("api: {host: ~}", "config.yaml:1:13: api.host is null (an empty text is \"\"); allowed: text that is not empty")]
    [InlineData("api: {host: ''}", "config.yaml:1:13: api.host is empty; allowed: text that is not empty")]
    [InlineData("api: {host: [a]}", "config.yaml:1:13: api.host is a list; allowed: text that is not empty")]
    [InlineData("api: {host: \"a\\nb\\e\"}", "config.yaml:1:13: api.host is \"a\\u000Ab\\u001B\"; allowed: one line of text without control characters")]
    // Wrong type: list.
    [InlineData("api: {cors_origins: a}", "config.yaml:1:21: api.cors_origins is \"a\"; allowed: a list such as [a, b], or []")]
    [InlineData("api: {cors_origins: }", "config.yaml:1:21: api.cors_origins is null; allowed: a list such as [a, b], or []")]
    [InlineData("api: {cors_origins: {a: b}}", "config.yaml:1:21: api.cors_origins is a section; allowed: a list such as [a, b], or []")]
    [InlineData("api: {cors_origins: [a, 1]}", "config.yaml:1:21: api.cors_origins[1] is 1; allowed: text; put it in quotes if it is meant so")]
    [InlineData("api: {cors_origins: [a, [b]]}", "config.yaml:1:21: api.cors_origins[1] is a list; allowed: text")]
    [InlineData("api: {cors_origins: ['']}", "config.yaml:1:21: api.cors_origins[0] is empty; allowed: text")]
    // Wrong type: section.
    [InlineData("api: 5", "config.yaml:1:6: api is a single value; allowed: a section with keys such as host")]
    [InlineData("api: [a]", "config.yaml:1:6: api is a list; allowed: a section with keys such as host")]
    [InlineData("- api", "config.yaml:1:1: the file is a list; allowed: sections such as api, each with its keys")]
    [InlineData("hello", "config.yaml:1:1: the file is one text; allowed: sections such as api, each with its keys")]
    // Not an allowed value.
    [InlineData("logging: {format: xml}", "config.yaml:1:19: logging.format is \"xml\"; allowed: text, json")]
    [InlineData("logging: {format: JSON}", "config.yaml:1:19: logging.format is \"JSON\"; allowed: text, json")]
    // Addresses.
    [InlineData("api: {public_url: /a}", "config.yaml:1:19: api.public_url is \"/a\"; allowed: an absolute http or https address without user name and password, or empty")]
    [InlineData("api: {public_url: 'example.org'}", "config.yaml:1:19: api.public_url is \"example.org\"; allowed: an absolute http or https address without user name and password, or empty")]
    [InlineData("runpod: {api_url: 'ftp://x'}", "config.yaml:1:19: runpod.api_url is \"ftp://x\"; allowed: an absolute http or https address without user name and password, or empty")]
    [InlineData("telemetry: {otlp_endpoint: 'http://a b'}", "config.yaml:1:28: telemetry.otlp_endpoint is \"http://a b\"; allowed: an absolute http or https address without user name and password, or empty")]
    // Unknown keys.
    [InlineData("api:\n  prot: 1", "config.yaml:2:3: api.prot is not a setting; did you mean api.port?")]
    [InlineData("api:\n  Port: 1", "config.yaml:2:3: api.Port is not a setting; did you mean api.port?")]
    [InlineData("api:\n  max-body-bytes: 1", "config.yaml:2:3: api.max-body-bytes is not a setting; did you mean api.max_body_bytes?")]
    [InlineData("api:\n  maxBodyBytes: 1", "config.yaml:2:3: api.maxBodyBytes is not a setting; did you mean api.max_body_bytes?")]
    [InlineData("apu:\n  port: 1", "config.yaml:1:1: apu is not a setting; did you mean api?")]
    [InlineData("run_pod:\n  retries: 1", "config.yaml:1:1: run_pod is not a setting; did you mean runpod?")]
    [InlineData("retries: 1", "config.yaml:1:1: retries is not a setting; did you mean runpod.retries?")]
    [InlineData("worker:\n  max_attempts: 1", "config.yaml:2:3: worker.max_attempts is not a setting; did you mean dispatch.max_attempts?")]
    [InlineData("reprompt:\n  zebra: 1", "config.yaml:2:3: reprompt.zebra is not a setting; allowed here: data, sentence_encoder, curator, version, llm_url, llm_model, llm_thinking, llm_temperature, llm_max_concurrency, llm_timeout_seconds, llm_attempt_timeout_seconds, llm_retries, llm_key")]
    [InlineData("reprompt:\n  \"a\\e[31m\": 1", "config.yaml:2:3: reprompt.a\\u001B[31m is not a setting; allowed here: data, sentence_encoder, curator, version, llm_url, llm_model, llm_thinking, llm_temperature, llm_max_concurrency, llm_timeout_seconds, llm_attempt_timeout_seconds, llm_retries, llm_key")]
    [InlineData("<<: {port: 1}", "config.yaml:1:1: << is not a setting; allowed here: api, dispatch, runpod, worker, storage, scoring, reprompt, models, musicgen, clap, logging, telemetry")]
    public void Load_WrongFile_SaysWhereWhatAndWhatIsAllowed(string yaml, string problem) =>
        Assert.Equal([problem], _folder.Problems(yaml));

    [Theory]
    [InlineData("AUDIOREPROMPT__API__PORT", "99999", "AUDIOREPROMPT__API__PORT: api.port is 99999; allowed: 0…65535")]
    [InlineData("audioreprompt__api__port", "x", "audioreprompt__api__port: api.port is \"x\"; allowed: a whole number, 0…65535")]
    [InlineData("AUDIOREPROMPT__API__PORT", "", "AUDIOREPROMPT__API__PORT: api.port is empty; allowed: a whole number, 0…65535")]
    [InlineData("AUDIOREPROMPT__API__PORT", " 80", "AUDIOREPROMPT__API__PORT: api.port is \" 80\"; allowed: a whole number, 0…65535")]
    [InlineData("MOCKED_RESPONSE", "1", "MOCKED_RESPONSE: api.mocked_response is \"1\"; allowed: true or false")]
    [InlineData("AUDIOREPROMPT__RUNPOD__BREAK_SECONDS", "NaN", "AUDIOREPROMPT__RUNPOD__BREAK_SECONDS: runpod.break_seconds is \"NaN\"; allowed: a number, 0.5…600")]
    [InlineData("AUDIOREPROMPT__API__PROT", "1", "AUDIOREPROMPT__API__PROT: is not a setting; did you mean AUDIOREPROMPT__API__PORT?")]
    [InlineData("AUDIOREPROMPT__RUN_POD__RETRIES", "1", "AUDIOREPROMPT__RUN_POD__RETRIES: is not a setting; did you mean AUDIOREPROMPT__RUNPOD__RETRIES?")]
    [InlineData("AUDIOREPROMPT__API", "1", "AUDIOREPROMPT__API: is not a setting; allowed: AUDIOREPROMPT__SECTION__KEY with the keys of config.yaml")]
    [InlineData("AUDIOREPROMPT__", "1", "AUDIOREPROMPT__: is not a setting; allowed: AUDIOREPROMPT__SECTION__KEY with the keys of config.yaml")]
    public void Load_WrongVariable_SaysWhichWhatAndWhatIsAllowed(string name, string value, string problem) =>
        Assert.Equal([problem], _folder.Problems("", (name, value)));

    [Fact]
    public void Load_SameVariableInTwoCases_IsRefused() =>
        Assert.Equal(
            ["AUDIOREPROMPT__API__PORT: is set 2 times, in upper and lower case; allowed: once"],
            _folder.Problems("", ("AUDIOREPROMPT__API__PORT", "1"), ("audioreprompt__api__port", "2")));

    [Fact]
    public void Load_ManyProblems_AreReportedTogether()
    {
        var error = Assert.Throws<ConfigurationException>(() => _folder.Load(
            "api:\n  port: 99999\n  prot: 1\nworker:\n  concurrency: no\n", ("AUDIOREPROMPT__STORAGE__KIND", "cloud"), ("MOCKED_RESPONSE", "maybe")));

        Assert.Equal(
            $"""
            {_folder.FilePath}:2:9: api.port is 99999; allowed: 0…65535
            {_folder.FilePath}:3:3: api.prot is not a setting; did you mean api.port?
            {_folder.FilePath}:5:16: worker.concurrency is "no"; allowed: a whole number, 1…256
            MOCKED_RESPONSE: api.mocked_response is "maybe"; allowed: true or false
            AUDIOREPROMPT__STORAGE__KIND: storage.kind is "cloud"; allowed: embedded, azure
            """,
            error.Message);
        Assert.Equal(5, error.Problems.Count);
    }

    [Fact]
    public void Load_MoreProblemsThanAScreenHolds_MessageEndsWithTheirNumber()
    {
        var error = Assert.Throws<ConfigurationException>(
            () => _folder.Load(string.Concat(Enumerable.Range(0, 250).Select(number => $"unknown{number}: 1\n"))));

        Assert.Equal(250, error.Problems.Count);
        Assert.Equal(101, error.Message.Split('\n').Length);
        Assert.EndsWith("… and 150 more problems", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongFileValueBehindARightVariable_IsStillReported() =>
        Assert.Single(_folder.Problems("api:\n  port: 99999\n", ("AUDIOREPROMPT__API__PORT", "80")));

    [Fact]
    public void Load_SecretInTheFile_NamesTheVariableAndNotTheSecret()
    {
        var problems = _folder.Problems($"runpod:\n  api_key: {Secret}\napi:\n  keys: [{Secret}]\n");

        Assert.Equal(
            [
                "config.yaml:2:3: runpod.api_key is a secret, which no file may hold; allowed: the environment variable RUNPOD_API_KEY",
                "config.yaml:4:3: api.keys is a secret, which no file may hold; allowed: the environment variable AUDIOREPROMPT_API_KEYS",
            ],
            problems);
    }

    [Theory]
    [InlineData("runpod: rpa_V3ryS3cretV4lue\n")]
    [InlineData("runpod:\n  api_key: !rpa_V3ryS3cretV4lue x\n")]
    [InlineData("runpod:\n  api_key: !rpa_V3ryS3cretV4lue!x y\n")]
    [InlineData("runpod:\n  api_key: &rpa_V3ryS3cretV4lue x\n")]
    [InlineData("runpod:\n  api_key: *rpa_V3ryS3cretV4lue\n")]
    [InlineData("runpod:\n  api_key: \"rpa_V3ryS3cretV4lue\n")]
    [InlineData("runpod:\n  api_key rpa_V3ryS3cretV4lue\n  retries: 1\n")]
    [InlineData("runpod:\n  api_kye: rpa_V3ryS3cretV4lue\n")]
    [InlineData("runpod:\n  api_url: https://user:rpa_V3ryS3cretV4lue@example.org\n")]
    public void Load_SecretInTheWrongPlace_IsNotInTheMessage(string yaml)
    {
        var error = Assert.Throws<ConfigurationException>(() => _folder.Load(yaml));

        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AUDIOREPROMPT_SIGNING_KEY", "short-S3cret")]
    [InlineData("AUDIOREPROMPT__API__SIGNING_KEY", "short-S3cret")]
    [InlineData("AUDIOREPROMPT_SIGNING_KEY", "S3cret-of-thirty-two-characters-and-a-line-break\n")]
    [InlineData("RUNPOD_API_KEY", "S3cret\r")]
    public void Load_SecretThatIsNotAcceptable_SaysWhyWithoutIt(string name, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => _folder.Load("", (name, value)));

        Assert.StartsWith(name + ": ", Assert.Single(error.Problems), StringComparison.Ordinal);
        Assert.Contains("allowed: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("S3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ShortSigningKey_SaysHowLongItMustBe() =>
        Assert.Equal(
            ["AUDIOREPROMPT_SIGNING_KEY: api.signing_key is not acceptable (not shown); allowed: at least 32 characters, or empty"],
            _folder.Problems("", ("AUDIOREPROMPT_SIGNING_KEY", new string('x', 31))));

    [Fact]
    public void Load_SigningKeyOf32Characters_IsTaken() =>
        Assert.Equal(32, _folder.Load("", ("AUDIOREPROMPT_SIGNING_KEY", new string('x', 32))).Options.Api.SigningKey.Length);

    [Fact]
    public void Load_FileThatDoesNotExist_IsAProblemBesideThoseOfTheEnvironment()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(
            _folder.Combine("missing.yaml"), ConfigurationFolder.Environment(("MOCKED_RESPONSE", "maybe"))));

        Assert.Equal($"{_folder.Combine("missing.yaml")}: this configuration file does not exist", error.Problems[0]);
        Assert.Equal(2, error.Problems.Count);
    }

    [Fact]
    public void LoadDefault_PathVariableNamesAMissingFile_IsAProblem() =>
        Assert.Throws<ConfigurationException>(() => ConfigurationLoader.LoadDefault(
            ConfigurationFolder.Environment((ConfigurationLoader.PathVariable, "missing.yaml")), _folder.Path, _folder.Path));

    [Fact]
    public void Load_Folder_IsAProblem() =>
        Assert.EndsWith(
            ": is a folder; allowed: a YAML file",
            Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_folder.Path, ConfigurationFolder.Environment())).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_FileThatIsNotUtf8_IsAProblem()
    {
        File.WriteAllBytes(_folder.FilePath, [.. Encoding.ASCII.GetBytes("api: {host: "), 0xFC, (byte)'}']);

        var error = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_folder.FilePath, ConfigurationFolder.Environment()));

        Assert.Equal($"{_folder.FilePath}: is not UTF-8 text", error.Message);
    }

    [Fact]
    public void Load_LockedFile_IsAProblem()
    {
        using var writer = new FileStream(_folder.FilePath, FileMode.Create, FileAccess.Write, FileShare.None);

        var error = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_folder.FilePath, ConfigurationFolder.Environment()));

        Assert.Contains(": cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HugeFile_IsAProblem() =>
        Assert.Equal(["config.yaml: is larger than 256 KiB"], _folder.Problems(new string('#', 300_000)));
}

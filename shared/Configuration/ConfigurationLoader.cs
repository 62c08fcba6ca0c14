namespace AudioReprompt.Configuration;

/// <summary>Reads <c>config.yaml</c> and the environment into validated options.</summary>
public static class ConfigurationLoader;

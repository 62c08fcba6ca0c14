namespace AudioReprompt.Configuration;

/// <summary>The setting can also be given by this environment variable; <c>AUDIOREPROMPT__SECTION__KEY</c> goes before it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnvironmentNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The setting comes from this environment variable only, never from a file, and is masked wherever it is shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute(string environmentName) : Attribute
{
    public string EnvironmentName { get; } = environmentName;
}

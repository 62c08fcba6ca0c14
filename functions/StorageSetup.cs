using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.Storage.Embedded;

namespace AudioReprompt.FrontDoor;

/// <summary>The storage that <c>storage.kind</c> names, and the key for signed addresses that is kept with it.</summary>
internal static class StorageSetup
{
    public static void AddStorage(this IServiceCollection services, LoadedConfiguration configuration)
    {
        if (configuration.Options.Storage.Kind == "azure") services.AddAzure(configuration.Options);
        else services.AddEmbedded(configuration);
    }

    private static void AddEmbedded(this IServiceCollection services, LoadedConfiguration configuration)
    {
        services.AddSingleton(provider => new EmbeddedDatabase(
            new EmbeddedDatabaseOptions(Path.Combine(configuration.StorageFolder, "jobs.db")) { TimeProvider = provider.GetRequiredService<TimeProvider>() }));
        services.AddSingleton<IJobStore, SqliteJobStore>();
        services.AddSingleton<IJobQueue, SqliteJobQueue>();
        services.AddSingleton<IUsageStore, SqliteUsageStore>();
        services.AddSingleton<IAudioStore>(_ => new FileAudioStore(configuration.StorageFolder));
        services.AddSigner(configuration.Options.Api, _ => UrlSigner.KeptIn(configuration.StorageFolder));
    }

    private static void AddAzure(this IServiceCollection services, AudioRepromptOptions options)
    {
        services.AddSingleton(provider => AzureStorage.Open(options.Storage, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IJobStore>(provider => provider.GetRequiredService<AzureStorage>().Jobs);
        services.AddSingleton<IJobQueue>(provider => provider.GetRequiredService<AzureStorage>().Queue);
        services.AddSingleton<IAudioStore>(provider => provider.GetRequiredService<AzureStorage>().Audio);
        services.AddSingleton<IUsageStore>(provider => provider.GetRequiredService<AzureStorage>().Usage);
        services.AddSigner(options.Api, provider => provider.GetRequiredService<AzureStorage>().KeptSigningKey());
    }

    private static void AddSigner(this IServiceCollection services, ApiOptions options, Func<IServiceProvider, byte[]> keptKey) =>
        services.AddSingleton(provider => UrlSigner.Create(options, () => keptKey(provider), provider.GetRequiredService<TimeProvider>()));
}

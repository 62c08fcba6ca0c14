// The front door as a Function app on Flex Consumption, and every one of its settings.
param name string
param location string
param tags object
param publicUrl string
param corsOrigins array
param identityId string
param identityClientId string
param insightsConnectionString string
param hostStorageName string
param packageContainerUrl string
param songBlobUrl string
param songQueueUrl string
param namePrefix string
param retentionHours int
param songsPerDay int
param vaultName string
param runpodApiUrl string
param languageModel bool
param instanceMemoryMB int
param maximumInstanceCount int
param logLevel string

// What the program reads: the settings that are marked as needed in Azure (shared/Configuration), and no other.
var settings = {
  AUDIOREPROMPT__API__PUBLIC_URL: publicUrl
  AUDIOREPROMPT__API__CORS_ORIGINS: join(corsOrigins, ',')
  AUDIOREPROMPT__API__SONGS_PER_DAY: string(songsPerDay)
  AUDIOREPROMPT__DISPATCH__POLL_INTERVAL_MILLISECONDS: '2000'
  AUDIOREPROMPT__RUNPOD__API_URL: runpodApiUrl
  AUDIOREPROMPT__STORAGE__KIND: 'azure'
  AUDIOREPROMPT__STORAGE__AZURE_ACCOUNT_URL: songBlobUrl
  AUDIOREPROMPT__STORAGE__AZURE_NAME_PREFIX: namePrefix
  AUDIOREPROMPT__STORAGE__RETENTION_HOURS: string(retentionHours)
  AUDIOREPROMPT__LOGGING__LEVEL: logLevel
  AUDIOREPROMPT__LOGGING__FORMAT: 'json'
}

// The secrets, by reference: the value is in the vault alone.
var secrets = {
  RUNPOD_API_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=runpod-api-key)'
  AUDIOREPROMPT_API_KEYS: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=audioreprompt-api-keys)'
  AUDIOREPROMPT_SIGNING_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=audioreprompt-signing-key)'
}

// Only where it is wanted: a reference to a secret that is not there would stop the start.
var modelSecrets = languageModel
  ? { MOONSHOT_API_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=moonshot-api-key)' }
  : {}

// What the platform reads. Connections are by identity: there is no key of an account anywhere.
var platform = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  // storage.azure_name_prefix, as it is by default, and what its queue is called.
  JobQueueName: 'audioreprompt-jobs'
  JobStorage__queueServiceUri: songQueueUrl
  JobStorage__credential: 'managedidentity'
  JobStorage__clientId: identityClientId
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        // None is kept warm: the first request after a pause waits for an instance, and nothing is paid meanwhile.
        alwaysReady: []
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, secrets, modelSecrets, platform)
  }

  // Publishing needs an Entra identity, never a password.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

// Everything that AudioReprompt needs in Azure, in one resource group. `azd provision` deploys it; infra/README.md has every command.
targetScope = 'subscription'

@description('Names the resource group and everything in it: dev, prod.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('A region with Flex Consumption: az functionapp list-flexconsumption-locations.')
param location string

@description('The RunPod endpoint, https://api.runpod.ai/v2/ENDPOINT.')
param runpodApiUrl string

@description('How browsers and the endpoint reach the front door; empty: the address that Azure gives it.')
param publicUrl string = ''

@description('Further origins that pages may call and fetch recordings from. The front door\'s own page needs none.')
param corsOrigins array = []

@description('Whether a language model words the refinement; the vault must then hold its key.')
param languageModel bool = false

@description('MiB of one instance. 2048 is enough without a CLAP model.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances, which bounds the bill.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 10

@description('Ended jobs lose their audio after this time, hours.')
@minValue(1)
param retentionHours int = 168

@description('Songs that one caller may ask for in a day (UTC); 0 is no limit.')
@minValue(0)
@maxValue(50000)
param songsPerDay int = 0

@description('LRS keeps three copies in one building, ZRS in three.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Who gets the alerts; empty: they are shown in the portal only.')
param alertEmail string = ''

@description('Who may write the secrets into the vault: the object id of a user or group. Empty: nobody yet.')
param vaultWriterId string = ''

@allowed(['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'])
param logLevel string = 'information'

var tags = { application: 'audioreprompt', 'azd-env-name': environmentName }
var token = toLower(uniqueString(subscription().id, environmentName, location))
var frontDoorName = 'audioreprompt-${environmentName}-${take(token, 6)}'
// Known before the app exists, so that the app's own settings can hold it.
var frontDoorUrl = empty(publicUrl) ? 'https://${frontDoorName}.azurewebsites.net' : publicUrl
var origins = union([frontDoorUrl], corsOrigins)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-audioreprompt-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { location: location, tags: tags, name: 'id-audioreprompt-${environmentName}' }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    environmentName: environmentName
    publisherPrincipalId: identity.outputs.principalId
    alertEmail: alertEmail
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  scope: group
  params: { location: location, tags: tags, name: 'arhost${token}', principalId: identity.outputs.principalId }
}

module songStorage 'modules/song-storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'arsong${token}'
    principalId: identity.outputs.principalId
    origins: origins
    retentionHours: retentionHours
    redundancy: storageRedundancy
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'kv-${token}'
    readerPrincipalId: identity.outputs.principalId
    officerPrincipalId: vaultWriterId
  }
}

module frontDoor 'modules/front-door.bicep' = {
  scope: group
  params: {
    location: location
    tags: union(tags, { 'azd-service-name': 'front-door' })
    name: frontDoorName
    publicUrl: frontDoorUrl
    corsOrigins: corsOrigins
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    insightsConnectionString: monitoring.outputs.connectionString
    hostStorageName: hostStorage.outputs.name
    packageContainerUrl: hostStorage.outputs.packageContainerUrl
    songBlobUrl: songStorage.outputs.blobUrl
    songQueueUrl: songStorage.outputs.queueUrl
    namePrefix: songStorage.outputs.namePrefix
    retentionHours: retentionHours
    songsPerDay: songsPerDay
    vaultName: vault.outputs.name
    runpodApiUrl: runpodApiUrl
    languageModel: languageModel
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    logLevel: logLevel
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output FRONT_DOOR_NAME string = frontDoorName
output FRONT_DOOR_URL string = frontDoorUrl
output KEY_VAULT_NAME string = vault.outputs.name
@description('What AUDIOREPROMPT__WORKER__UPLOAD_HOSTS of the RunPod template must name.')
output UPLOAD_HOSTS string = '${songStorage.outputs.blobHost},${split(frontDoorUrl, '/')[2]}'

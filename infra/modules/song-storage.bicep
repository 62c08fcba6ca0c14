// Jobs, messages and recordings (docs/azure-storage.md). The account is reached from outside by signed addresses of one blob
// each, so it stands on the public network; without such an address, or the identity, it answers nobody.
@minLength(3)
@maxLength(24)
param name string
param location string
param tags object
param principalId string
param origins array
param retentionHours int
param redundancy string

var namePrefix = 'audioreprompt-'
// The front door deletes what is over its time; this catches what a worker uploads after its job was deleted.
var graceDays = 3
var hoursADay = 24
var roles = {
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
}

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      cors: {
        corsRules: [
          {
            allowedOrigins: origins
            allowedMethods: ['GET', 'HEAD']
            allowedHeaders: ['range']
            exposedHeaders: ['accept-ranges', 'content-length', 'content-range']
            maxAgeInSeconds: 3600
          }
        ]
      }
    }

    resource jobs 'containers' = {
      name: '${namePrefix}jobs'
      properties: { publicAccess: 'None' }
    }

    resource audio 'containers' = {
      name: '${namePrefix}audio'
      properties: { publicAccess: 'None' }
    }
  }

  // The queue trigger of the front door listens from its first second, before the front door has made anything.
  resource queues 'queueServices' = {
    name: 'default'

    resource jobs 'queues' = { name: '${namePrefix}jobs' }
    resource poison 'queues' = { name: '${namePrefix}jobs-poison' }
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [blobs]
    properties: {
      policy: {
        rules: [
          {
            name: 'late-audio'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['${namePrefix}audio/'] }
              // Counted from the writing; a day that has begun counts as a whole one.
              actions: { baseBlob: { delete: { daysAfterCreationGreaterThan: (retentionHours + hoursADay - 1) / hoursADay + graceDays } } }
            }
          }
        ]
      }
    }
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in items(roles): {
  scope: account
  name: guid(account.id, principalId, role.value)
  properties: {
    description: role.key
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
  }
}]

var blobHost = split(account.properties.primaryEndpoints.blob, '/')[2]
var queueHost = split(account.properties.primaryEndpoints.queue, '/')[2]

output namePrefix string = namePrefix
output blobUrl string = 'https://${blobHost}'
output queueUrl string = 'https://${queueHost}'
output blobHost string = blobHost

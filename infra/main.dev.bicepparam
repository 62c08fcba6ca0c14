using 'main.bicep'

param environmentName = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param runpodApiUrl = readEnvironmentVariable('RUNPOD_API_URL', 'https://api.runpod.ai/v2/ENDPOINT')
param vaultWriterId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param maximumInstanceCount = 2
param retentionHours = 24
param logLevel = 'debug'

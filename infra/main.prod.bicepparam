using 'main.bicep'

param environmentName = 'prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param runpodApiUrl = readEnvironmentVariable('RUNPOD_API_URL', 'https://api.runpod.ai/v2/ENDPOINT')
param publicUrl = readEnvironmentVariable('PUBLIC_URL', '')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param vaultWriterId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param storageRedundancy = 'Standard_ZRS'
param instanceMemoryMB = 4096
param maximumInstanceCount = 20

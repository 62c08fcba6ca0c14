// Logs, metrics and the two alerts that somebody has to act on.
param location string
param tags object
param environmentName string
param publisherPrincipalId string
param alertEmail string

var metricsPublisher = '3913510d-42f4-4e42-8420-42c390f5c2bf'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-audioreprompt-${environmentName}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    workspaceCapping: { dailyQuotaGb: 1 }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-audioreprompt-${environmentName}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // Only the identity below may send.
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, publisherPrincipalId, metricsPublisher)
  properties: {
    description: 'Monitoring Metrics Publisher'
    principalId: publisherPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: 'ag-audioreprompt-${environmentName}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'audioreprom'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

// By the log, not by a metric: Azure's QueueMessageCount is one number for the whole account, hourly, and cannot tell the poison
// queue from the other. Whatever goes into it is logged: by the front door when it gives a job up, by the host when a message
// came back too often.
resource poison 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'poison-audioreprompt-${environmentName}'
  location: location
  tags: tags
  properties: {
    displayName: 'A job was given up'
    description: 'A message went into the poison queue. The log line says which job and why.'
    severity: 2
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    scopes: [insights.id]
    criteria: {
      allOf: [
        {
          query: 'traces | where message matches regex "^Job [0-9a-f-]{36} failed: " or message has "MaxDequeueCount"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: empty(alertEmail) ? {} : { actionGroups: [people.id] }
  }
}

resource failures 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'failures-audioreprompt-${environmentName}'
  location: 'global'
  tags: tags
  properties: {
    description: 'More than five requests failed within a quarter of an hour.'
    severity: 2
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    scopes: [insights.id]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'failed-requests'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'microsoft.insights/components'
          metricName: 'requests/failed'
          operator: 'GreaterThan'
          threshold: 5
          timeAggregation: 'Count'
        }
      ]
    }
    actions: empty(alertEmail) ? [] : [{ actionGroupId: people.id }]
  }
}

output connectionString string = insights.properties.ConnectionString

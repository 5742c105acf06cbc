import { dashboardUids, type PanelRef } from './alert.ts'

/** The panels that alerts link to: the dashboards must have them, by these titles. */
export const pictures = {
  // Data plane
  validationErrors: panel('data', 'Validation errors'),
  freshness: panel('data', 'Freshness p95'),
  gaps: panel('data', 'Gaps'),
  silence: panel('data', 'Time since the last event'),
  feedConnected: panel('data', 'Feed connected'),
  disconnects: panel('data', 'Disconnects'),
  booksValid: panel('data', 'Books valid'),
  deadLetters: panel('data', 'Dead letters'),
  storageAge: panel('data', 'Time since rows were stored'),
  // Order plane
  tradingState: panel('order', 'Trading state'),
  refusals: panel('order', 'Rejections and errors'),
  orderSuccess: panel('order', 'Order success ratio'),
  acknowledgement: panel('order', 'Intent to acknowledgement'),
  ordersSubmitted: panel('order', 'Orders submitted'),
  reconciliation: panel('order', 'Reconciliation differences'),
  // Strategy plane
  killSwitches: panel('strategy', 'Kill switches'),
  killSwitchReleases: panel('strategy', 'Kill switches released by themselves'),
  killSwitchDistance: panel('strategy', 'Distance to the kill switches'),
  drawdown: panel('strategy', 'Drawdown'),
  suspended: panel('strategy', 'Suspended strategies'),
  // Live market
  price: panel('market', 'Price'),
  spread: panel('market', 'Spread in basis points'),
  indicators: panel('market', 'Indicators'),
  // Trading performance
  positionValue: panel('performance', 'Position value'),
  unrealizedPnl: panel('performance', 'Unrealised PnL'),
  // ML pipeline
  predictionLatency: panel('ml', 'Prediction latency p95'),
  modelAccuracy: panel('ml', 'Model accuracy'),
  dataDrift: panel('ml', 'Data drift'),
  featureAge: panel('ml', 'Feature age'),
  jobRuns: panel('ml', 'Batch job runs'),
  jobAge: panel('ml', 'Time since a batch job succeeded'),
  // System overview
  targets: panel('system', 'Targets up'),
  heartbeats: panel('system', 'Heartbeat age'),
  busLag: panel('system', 'Bus lag'),
  busBuffered: panel('system', 'Records not yet consumed'),
  eventLoop: panel('system', 'Event loop lag p99'),
  spilledRows: panel('system', 'Rows waiting on the disk'),
  refusedRecords: panel('system', 'Refused by stage'),
  series: panel('system', 'Series'),
  cpu: panel('system', 'CPU'),
  memory: panel('system', 'Memory'),
  disk: panel('system', 'Disk'),
  notifications: panel('system', 'Notifications'),
  ruleFailures: panel('system', 'Rule failures'),
  alertsFiring: panel('system', 'Alerts firing'),
  // SLOs
  tickFreshnessSlo: panel('slo', 'Tick freshness: burn rate'),
  bookValiditySlo: panel('slo', 'Book validity: burn rate'),
  submitToAckSlo: panel('slo', 'Submit to acknowledgement: burn rate'),
  availabilitySlo: panel('slo', 'Order plane availability: burn rate'),
} as const satisfies Readonly<Record<string, PanelRef>>

function panel(dashboard: keyof typeof dashboardUids, title: string): PanelRef {
  return { dashboard: dashboardUids[dashboard], panel: title }
}

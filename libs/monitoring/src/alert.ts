/**
 * How bad it is, and so who is notified: critical pages through every channel up to a phone call, error pages by message,
 * warning goes to chat and e-mail, info is logged only.
 */
export const severities = ['critical', 'error', 'warning', 'info', 'none'] as const
export type Severity = (typeof severities)[number]

/** The part of the system that an alert is about. */
export const alertPlanes = ['data', 'strategy', 'order', 'jobs', 'platform'] as const
export type AlertPlane = (typeof alertPlanes)[number]

/** Where an alert's graph is: a panel of a dashboard, by its title. */
export interface PanelRef {
  readonly dashboard: DashboardUid
  readonly panel: string
}

/** The file that contains a rule. */
export const ruleGroups = [...alertPlanes, 'slo'] as const
export type RuleGroup = (typeof ruleGroups)[number]

/** Default evaluation interval of a rule, seconds. */
export const DEFAULT_EVERY_SECONDS = 5

/** One rule. Several rules may share a name: the same alert at several severities, or for several planes. */
export interface AlertRule {
  readonly name: string
  readonly severity: Severity
  readonly plane: AlertPlane
  /** PromQL: the alert fires for each series of the result. */
  readonly expr: string
  /** How long it must hold, like `2m`; by default the alert fires at once. */
  readonly for?: string
  /** How long it keeps firing after the expression stops to hold. */
  readonly keepFiringFor?: string
  /** Evaluation interval, seconds. Default `DEFAULT_EVERY_SECONDS`. */
  readonly everySeconds?: number
  /** Default: that of its plane. */
  readonly group?: RuleGroup
  /** Labels besides severity and plane. */
  readonly labels?: Readonly<Record<string, string>>
  /** One static sentence. */
  readonly summary: string
  /** Templated by Prometheus: names the switch, symbol and value. */
  readonly description: string
  readonly picture: PanelRef
}

/** The dashboards, by uid. */
export const dashboardUids = {
  data: 'triplane-data',
  order: 'triplane-order',
  strategy: 'triplane-strategy',
  market: 'triplane-market',
  performance: 'triplane-performance',
  ml: 'triplane-ml',
  system: 'triplane-system',
  slo: 'triplane-slo',
  services: 'triplane-services',
} as const
export type DashboardUid = (typeof dashboardUids)[keyof typeof dashboardUids]

const PANEL_IDS = 100_000

/**
 * The id of a panel, 1 to 100,000: a function of its title, so that links to it survive added and removed panels (FNV-1a, 32
 * bit; Fowler, Noll, Vo). Building a dashboard refuses titles with equal ids.
 */
export function panelIdOf(title: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(title)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return (hash % PANEL_IDS) + 1
}

/** Default addresses of Grafana and Prometheus. */
export const GRAFANA_URL = 'http://localhost:3000'
export const PROMETHEUS_URL = 'http://localhost:9090'

/** The address of a panel. */
export function panelUrl({ dashboard, panel }: PanelRef, grafanaUrl = GRAFANA_URL): string {
  return `${grafanaUrl}/d/${dashboard}?viewPanel=panel-${panelIdOf(panel)}`
}

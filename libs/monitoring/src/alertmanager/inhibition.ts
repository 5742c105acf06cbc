import { catalogs, everyServiceCatalog, labelName, type Catalog } from '@triplane/metrics'
import { severities } from '../alert.ts'
import type { InhibitRule } from './alertmanager-file.ts'

/** Alerts that must page whatever else is wrong: a plane that crashes with its switch tripped still pages for the switch. */
export const neverMuted = ['KillSwitchTriggered', 'HighUnrealizedLoss', 'ForeignRecord', 'ReconciliationDifferences']

/** Muted by the switch that caused it, and by nothing else. */
const TRADING_HALTED = 'TradingHalted'

/** Why a plane cannot be reached. */
const PLANE_DOWN_ALERTS = ['DataPlaneDown', 'OrderPlaneDown', 'StrategyPlaneDown', 'PlaneRestarting']

const anyOf = (label: string, values: readonly string[]) => `${label}=~"${values.join('|')}"`
const noneOf = (label: string, values: readonly string[]) => `${label}!~"${values.join('|')}"`

/** Labels of alerts that are in no catalogue: those of Prometheus, the SLOs, the node exporter and `alerts test`. */
const OTHER_LABELS = ['alertname', 'plane', 'service', 'job', 'instance', 'slo', 'device', 'mountpoint', 'test']

const every: readonly Catalog[] = [...Object.values(catalogs), everyServiceCatalog]

/** Every label that distinguishes two alerts of one name, except severity. A label missing from both counts as equal. */
export const identityLabels: readonly string[] = [
  ...new Set([
    ...OTHER_LABELS,
    ...every.flatMap((catalog) => Object.values(catalog)).flatMap(({ labels }) => labels.map(labelName)),
  ]),
].sort()

/**
 * What is muted while something worse fires that explains it. No alert matches both sides of a rule: of the sources with the
 * same `equal` labels Alertmanager checks only one, and gives up when that one is such an alert.
 */
export const inhibitRules: readonly InhibitRule[] = [
  {
    // Only planes have a Down alert that is not muted itself.
    name: 'an unreachable plane mutes what it says of itself, but not that it is down or restarts',
    source_matchers: ['alertname="PlaneUnreachable"', 'plane=~"data|order|strategy"'],
    target_matchers: [noneOf('alertname', ['PlaneUnreachable', TRADING_HALTED, ...PLANE_DOWN_ALERTS, ...neverMuted])],
    equal: ['plane'],
  },
  {
    name: 'an unreachable plane mutes the heartbeat through all planes',
    source_matchers: ['alertname="PlaneUnreachable"', 'plane=~"data|order|strategy"'],
    target_matchers: ['alertname="HeartbeatMissing"'],
  },
  {
    name: 'OrderPlaneDown mutes the same by other names',
    source_matchers: ['alertname="OrderPlaneDown"'],
    target_matchers: [anyOf('alertname', ['TradingBotDown', 'ServiceDown'])],
    equal: ['plane'],
  },
  {
    name: 'a feed that is down mutes what follows from it',
    source_matchers: ['alertname="FeedDown"', 'source!=""', 'exchange!=""', 'symbol!=""'],
    target_matchers: [anyOf('alertname', ['BookInvalid', 'HighSpread', 'MarketDataStale', 'DataGaps'])],
    equal: ['source', 'exchange', 'symbol'],
  },
  {
    // An active switch halts every order plane; one that is reducing has other reasons.
    name: 'a kill switch mutes the halt that it is',
    source_matchers: ['alertname="KillSwitchTriggered"'],
    target_matchers: ['alertname="TradingHalted"', 'severity="critical"'],
  },
  {
    // The switch has tripped, and paged, long before; its message names what does not answer.
    name: 'the switch for silent data mutes what silenced it',
    source_matchers: ['alertname="KillSwitchTriggered"', 'switch_type="stale_data"'],
    target_matchers: [anyOf('alertname', ['DataPlaneDown', 'FeedDown'])],
  },
  {
    name: 'a halt mutes that nothing is traded',
    source_matchers: ['alertname="TradingHalted"'],
    target_matchers: ['alertname="NoTradingActivity"'],
  },
  ...higherMutesLower(),
]

/** One rule for each severity: it mutes all lower ones of the same alert. Through these an SLO's page mutes its ticket. */
function higherMutesLower(): InhibitRule[] {
  const worstFirst = severities.filter((severity) => severity !== 'none')
  return worstFirst.slice(0, -1).map((severity, i) => ({
    name: `${severity} mutes what is less of the same alert`,
    source_matchers: [`severity="${severity}"`],
    target_matchers: [anyOf('severity', worstFirst.slice(i + 1)), noneOf('alertname', [TRADING_HALTED, ...neverMuted])],
    equal: identityLabels,
  }))
}

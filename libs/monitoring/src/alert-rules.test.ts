import { catalogs, everyServiceCatalog, type Catalog } from '@triplane/metrics'
import { exampleThresholds } from '../test/example-thresholds.ts'
import { ruleOf } from '../test/promtool-tests.ts'
import { ruleCases } from '../test/rule-cases/all-cases.ts'
import { alertRules } from './alert-rules.ts'
import { checkExpression } from './promql/check-expression.ts'
import { knownMetrics } from './promql/known-metrics.ts'
import { parseExpression } from './promql/parse-expression.ts'
import { recordingRules } from './recordings.ts'

/** Names, severities and waits are a contract: a line here changes for a reason. */
const contract = `
  KillSwitchTriggered critical 0
  KillSwitchNear warning 1m
  StaleDataReleased info 0
  HighErrorRate warning 5m
  HighOrderErrorRate warning 5m
  LowOrderSuccessRate warning 15m
  HighTradeLatency error 5m
  HighDataLatency warning 5m
  DataGaps warning 0
  MarketDataStale error 0
  FeedDown critical 1m
  WebSocketDown info 1m
  FeedFlapping warning 0
  HighSpread warning 30s
  TradingHalted critical 0
  TradingHalted warning 1m
  PriceThreshold info 0
  IndicatorThreshold info 0
  BookInvalid warning 1m
  LargePositionOpened warning 0
  HighUnrealizedLoss critical 1m
  PlaneUnreachable info 0
  PlaneUnhealthy error 1m
  DataPlaneDown critical 2m
  OrderPlaneDown critical 2m
  StrategyPlaneDown critical 2m
  TradingBotDown critical 2m
  ServiceDown critical 2m
  PlaneRestarting error 0
  ControlRefused warning 0
  NoTradingActivity warning 0
  HighPredictionLatency warning 5m
  ModelAccuracyDrop warning 15m
  DataDriftDetected warning 15m
  StaleFeatures warning 5m
  HighCPUUsage warning 10m
  HighMemoryUsage warning 5m
  HighMemoryUsage critical 5m
  LowDiskSpace warning 5m
  DiskFillsSoon warning 1h
  DlqGrowing warning 5m
  BusLagHigh warning 2m
  BusLagHigh critical 2m
  ProcessingStuck critical 1m
  HeartbeatMissing critical 30s
  StorageWriteErrors warning 5m
  StorageStale warning 0
  StrategyDrawdown warning 0
  StrategySuspended error 0
  ReconciliationDifferences critical 1m
  ForeignRecord critical 0
  IntentsIgnored critical 30s
  SeriesCapReached warning 0
  SeriesCapNear warning 1h
  EventLoopLagHigh warning 5m
  BatchJobFailed warning 0
  BatchJobStale warning 0
  AlertmanagerNotificationsFailing critical 5m
  PrometheusRuleFailures critical 5m
  PrometheusTargetMissing critical 5m
  Watchdog none 0
  TickFreshnessBudgetBurn critical 0
  TickFreshnessBudgetBurn warning 0
  BookValidityBudgetBurn critical 0
  BookValidityBudgetBurn warning 0
  SubmitToAckBudgetBurn critical 0
  SubmitToAckBudgetBurn warning 0
  OrderPlaneAvailabilityBudgetBurn critical 0
  OrderPlaneAvailabilityBudgetBurn warning 0
`

const rules = alertRules({ thresholds: exampleThresholds })
const known = knownMetrics(recordingRules(exampleThresholds))
const keyOf = ({ name, severity, plane, labels }: (typeof rules)[number]) =>
  [name, severity, plane, labels?.['level'] ?? ''].join(' ').trim()
const named = rules.map((rule) => [keyOf(rule), rule] as const)

const everyMetric: Catalog[string][] = [...Object.values(catalogs), everyServiceCatalog].flatMap((catalog: Catalog) =>
  Object.values(catalog),
)

describe('the alerts', () => {
  it('are those of the contract, and no other', () => {
    const lines = rules.map(({ name, severity, for: wait = '0' }) => `${name} ${severity} ${wait}`)
    expect([...new Set(lines)].sort()).toEqual(
      contract
        .trim()
        .split(/\s*\n\s*/)
        .sort(),
    )
  })

  it('have no price level by default', () => {
    expect(
      rules.filter((rule) => !alertRules().some((one) => keyOf(one) === keyOf(rule))).map(({ name }) => name),
    ).toEqual(['PriceThreshold', 'PriceThreshold'])
  })

  it('are distinguishable', () => {
    expect(new Set(rules.map(keyOf)).size).toBe(rules.length)
  })

  it.each(named)('%s names existing metrics and labels', (_, { expr }) => {
    expect(checkExpression(expr, known).problems).toEqual([])
  })

  it.each(named)('%s uses only its own labels in its texts', (_, { expr, description, labels }) => {
    const own = [...(checkExpression(expr, known).labels ?? []), ...Object.keys(labels ?? {})]
    const shown = [...description.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string)
    expect(shown.filter((label) => !own.includes(label))).toEqual([])
  })

  it.each(named)('%s states the problem in one static sentence, with details in its description', (_, rule) => {
    expect(rule.summary).toMatch(/^[A-Z][^{}]*[.]$/)
    expect(rule.description).toMatch(/^\S.*\.$/)
  })

  it.each(['BookInvalid', 'HighSpread', 'MarketDataStale', 'DataGaps', 'FeedDown'])(
    '%s carries source, exchange and symbol, by which a feed that is down mutes its consequences',
    (name) => {
      const [rule] = rules.filter((one) => one.name === name)
      expect([...(checkExpression(rule!.expr, known).labels ?? [])].sort()).toEqual(['exchange', 'source', 'symbol'])
    },
  )

  it.each([
    ...named.map(([key, { expr }]) => [key, expr] as const),
    ...recordingRules().map((rule) => [rule.record, rule.expr] as const),
  ])('%s keeps one symbol at two exchanges apart', (_, expr) => {
    const lists = [...expr.matchAll(/\b(?:by|on)\s*\(([^()]*)\)/g)].map(([, list = '']) => list.split(/\s*,\s*/))
    const ofSymbols = lists.filter((list) => list.includes('symbol'))
    expect(ofSymbols.filter((list) => !list.includes('exchange'))).toEqual([])
  })

  it('judge histograms at bounds of their buckets', () => {
    const judged = [...rules, ...recordingRules(exampleThresholds)].flatMap(({ expr }) => thresholdsOnHistograms(expr))
    expect(judged.length).toBeGreaterThanOrEqual(5)
    for (const { metric, bound } of judged) {
      expect(everyMetric.find(({ name }) => `${name}_bucket` === metric)?.buckets).toContain(bound)
    }
  })
})

describe('the cases of the alerts', () => {
  const fires = ruleCases.flatMap(({ alert, fires = [] }) => fires.map((key) => keyOf(ruleOf(rules, alert, key))))
  const quiet = ruleCases.flatMap(({ alert, quiet = [] }) =>
    quiet.map((key) => keyOf(ruleOf(rules, alert, { ...key, description: '' }))),
  )
  const ofFile = (file: string) => rules.filter((rule) => (rule.group ?? rule.plane) === file)

  it.each(named)('show %s firing', (key) => {
    expect(fires).toContain(key)
  })

  it.each(named.filter(([, { name }]) => name !== 'Watchdog'))('show %s quiet', (key) => {
    expect(quiet).toContain(key)
  })

  it('never expect a rule both to fire and to stay quiet, and check the file that has the rule', () => {
    for (const { alert, file, fires = [], quiet = [] } of ruleCases) {
      const keys = fires.map((key) => keyOf(ruleOf(rules, alert, key)))
      const silent = quiet.map((key) => keyOf(ruleOf(rules, alert, { ...key, description: '' })))
      expect(silent.filter((key) => keys.includes(key))).toEqual([])
      const there = ofFile(file).map(keyOf)
      expect([...keys, ...silent].filter((key) => !there.includes(key))).toEqual([])
    }
  })
})

describe('the recorded series', () => {
  it.each(recordingRules().map((rule) => [rule.record, rule] as const))(
    '%s is named level:metric:operations',
    (name) => {
      expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/)
    },
  )
})

/** The values that the buckets of a histogram are compared with: by a quantile, or by a bucket alone. */
function thresholdsOnHistograms(expr: string): { metric: string; bound: number }[] {
  const parsed = parseExpression(expr)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value.selectors
    .filter(({ metric }) => metric?.endsWith('_bucket'))
    .map(({ metric = '', matchers }) => {
      const le = matchers.find(({ label }) => label === 'le')?.value
      return { metric, bound: Number(le ?? /> ([\d.]+)$/.exec(expr)?.[1]) }
    })
}

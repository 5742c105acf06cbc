/**
 * Every threshold, window and waiting time of the alerts and SLOs. Rules, their tests and docs/metrics.md derive from it.
 *
 * `forSeconds` is how long a condition must hold, `...OverSeconds` a window: an end-to-end test shortens these. Limits of
 * histograms are bounds of their buckets, so that a quantile is judged exactly.
 */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The severity of an alert on a user's level. */
type LevelSeverity = 'info' | 'warning' | 'error'

/** A price alert of a user: `{ symbol: 'BTC/USDT', is: 'below', level: 50_000 }`. */
interface PriceLevel {
  /** At every exchange unless one is named. */
  readonly exchange?: string
  readonly symbol: string
  readonly is: 'above' | 'below'
  /** Last price, quote currency. */
  readonly level: number
  /** Default info. */
  readonly severity?: LevelSeverity
}

/** An indicator alert of a user, for every exchange and symbol unless one is named. */
interface IndicatorLevel {
  readonly indicator: string
  readonly exchange?: string
  readonly symbol?: string
  readonly is: 'above' | 'below'
  readonly level: number
  /** Default info. */
  readonly severity?: LevelSeverity
}

/** The promised share over 30 days. */
export interface Slo {
  /** Share of what is counted that must be good, 0-1. */
  readonly objectiveRatio: number
  /** With fewer in the longer window there is no traffic, and no alert. */
  readonly floor: number
}

/** Alerts when the error budget burns `factor` times as fast as would use it up in 30 days, in both windows. */
export interface BurnRate {
  readonly factor: number
  readonly longOverSeconds: number
  readonly shortOverSeconds: number
}

const priceLevels: readonly PriceLevel[] = []
/** Wilder's levels (1978) of an overbought and an oversold market. */
const indicatorLevels: readonly IndicatorLevel[] = [
  { indicator: 'rsi', is: 'above', level: 70 },
  { indicator: 'rsi', is: 'below', level: 30 },
]

export const thresholds = {
  /**
   * How long a state counts that must not be missed between two evaluations. It delays the resolved message by as much, which
   * must go out within 60 s of re-arming.
   */
  blip: { keptSeconds: 15 },
  /**
   * How long the last report of a plane's worst states counts after the plane is gone: a day; after that its Down alert is
   * enough.
   */
  lastKnown: { keptSeconds: DAY },

  // Strategy plane
  staleDataReleased: { overSeconds: 5 * MINUTE },
  killSwitchNear: { aboveRatio: 0.8, forSeconds: MINUTE },
  /** Half of the kill switch's default limit, 0.004. */
  strategyDrawdown: { aboveRatio: 0.002, ofStrategy: { OFI: 0.002 } as Readonly<Record<string, number>> },
  indicatorLevels,

  // Order plane
  highOrderErrorRate: { abovePerMinute: 5, overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },
  lowOrderSuccessRate: { belowRatio: 0.8, leastOrders: 20, overSeconds: 15 * MINUTE, forSeconds: 15 * MINUTE },
  highTradeLatency: { quantile: 0.95, aboveSeconds: 1, overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },
  tradingReducing: { forSeconds: MINUTE },
  largePosition: { aboveKrw: 10_000_000 },
  highUnrealizedLoss: { belowKrw: -500_000, forSeconds: MINUTE },
  noTradingActivity: { overSeconds: 2 * HOUR },
  reconciliationDifferences: { forSeconds: MINUTE },

  // Data plane
  highErrorRate: { abovePerSecond: 10, overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },
  highDataLatency: { quantile: 0.95, aboveSeconds: 0.1, overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },
  dataGaps: { aboveCount: 10, overSeconds: HOUR },
  marketDataStale: { silentSeconds: 300 },
  feedDown: { receiveOverSeconds: MINUTE, forSeconds: MINUTE },
  feedFlapping: { aboveDisconnects: 3, overSeconds: HOUR },
  /** Share of the mid. Wider for an unlisted instrument, which may be illiquid. */
  highSpread: {
    aboveBps: 50,
    ofSymbol: { 'BTC/USDT': 5, 'BTC/USDT:USDT': 5, 'ETH/USDT': 5, SPY: 5 } as Readonly<Record<string, number>>,
    forSeconds: 30,
  },
  bookInvalid: { forSeconds: MINUTE },
  priceLevels,
  dlqGrowing: { abovePerSecond: 1, overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },
  /** The window is longer than the wait, so that a single one raises an alert. */
  /** A plane that has just started publishes again what it had published: not counted for `settledSeconds`. */
  intentsIgnored: { overSeconds: MINUTE, forSeconds: 30, settledSeconds: 2 * MINUTE },
  foreignRecord: { overSeconds: 15 * MINUTE },
  deadExecutions: { overSeconds: 15 * MINUTE, forSeconds: 5 * MINUTE },
  storageWriteErrors: { overSeconds: 15 * MINUTE, forSeconds: 5 * MINUTE },
  /** Kinds that arrive for as long as a market is open. */
  storageStale: { silentSeconds: 300, kinds: ['tick', 'quote', 'bar', 'ofi'] as readonly string[] },

  // Models
  highPredictionLatency: { quantile: 0.95, aboveSeconds: 1, overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },
  modelAccuracyDrop: { belowRatio: 0.6, forSeconds: 15 * MINUTE },
  dataDrift: { aboveScore: 0.3, forSeconds: 15 * MINUTE },
  staleFeatures: { aboveSeconds: HOUR, forSeconds: 5 * MINUTE },

  // Every plane
  planeDown: { forSeconds: 2 * MINUTE },
  planeRestarting: { aboveRestarts: 3, overSeconds: 10 * MINUTE },
  heartbeatMissing: { aboveSeconds: 30, forSeconds: 30 },
  busLag: { warningSeconds: 5, criticalSeconds: 30, forSeconds: 2 * MINUTE },
  processingStuck: { overSeconds: 30, forSeconds: MINUTE },
  controlRefused: { abovePerMinute: 5 },
  planeUnhealthy: { forSeconds: MINUTE },
  eventLoopLag: { aboveSeconds: 0.1, forSeconds: 5 * MINUTE },
  /** `maxSeries` is the default cap of a service, lines. */
  seriesCap: { maxSeries: 10_000, aheadSeconds: DAY, overSeconds: 6 * HOUR, forSeconds: HOUR },

  // Batch jobs: an unlisted job runs every day.
  batchJobStale: { periods: 2, periodSeconds: DAY, ofJob: { training: 7 * DAY } as Readonly<Record<string, number>> },

  // The machine
  highCpu: { aboveRatio: 0.85, overSeconds: 5 * MINUTE, forSeconds: 10 * MINUTE },
  highMemory: { warningRatio: 0.8, criticalRatio: 0.9, forSeconds: 5 * MINUTE },
  lowDiskSpace: { aboveRatio: 0.85, forSeconds: 5 * MINUTE },
  diskFillsSoon: { aheadSeconds: DAY, overSeconds: 6 * HOUR, forSeconds: HOUR },

  // Monitoring itself
  monitoringFails: { overSeconds: 5 * MINUTE, forSeconds: 5 * MINUTE },

  // Service level objectives, over 30 days
  slos: {
    tickFreshness: { objectiveRatio: 0.99, floor: 1000, withinSeconds: 0.1 },
    /** Counted in seconds of an open session. */
    bookValidity: { objectiveRatio: 0.999, floor: 60 },
    submitToAck: { objectiveRatio: 0.99, floor: 20, withinSeconds: 0.5 },
    /** Counted in scrapes. */
    orderPlaneAvailability: { objectiveRatio: 0.999, floor: 60 },
  },
  /** Windows of the recorded SLO series. */
  sloRates: { everySeconds: 30, overSeconds: 5 * MINUTE, budgetOverSeconds: 30 * DAY },
  /** Beyer et al., The Site Reliability Workbook (2018), ch. 5, table 5-8, with a second ticket. */
  burnRates: {
    page: [
      { factor: 14.4, longOverSeconds: HOUR, shortOverSeconds: 5 * MINUTE },
      { factor: 6, longOverSeconds: 6 * HOUR, shortOverSeconds: 30 * MINUTE },
    ] as readonly BurnRate[],
    ticket: [
      { factor: 3, longOverSeconds: DAY, shortOverSeconds: 2 * HOUR },
      { factor: 1, longOverSeconds: 3 * DAY, shortOverSeconds: 6 * HOUR },
    ] as readonly BurnRate[],
  },
}
export type Thresholds = typeof thresholds

/** The scaled fields, and their minimum: a window must contain a few scrapes. */
const LEAST_SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^forSeconds$/, 1],
  [/^everySeconds$/, 1],
  [/overSeconds$/i, 5],
]

/**
 * The same thresholds with every wait and window divided by `divisor`, for end-to-end tests. Limits stay, and so do the few
 * seconds for which blips count. Windows become whole seconds, at least 5, waits at least 1; shorter ones stay unchanged.
 */
export function scaleTimes(of: Thresholds, divisor: number): Thresholds {
  if (!(divisor >= 1)) throw new Error(`Expected a divisor of times that is at least 1, was ${divisor}`)
  return scaled(of, divisor) as Thresholds
}

function scaled(value: unknown, divisor: number, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => scaled(one, divisor))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, scaled(one, divisor, name)]))
  }
  const least = LEAST_SECONDS.find(([pattern]) => pattern.test(key))?.[1]
  if (least === undefined || typeof value !== 'number') return value
  return Math.min(value, Math.max(least, Math.round(value / divisor)))
}

/** A length of time in Prometheus' format: 90 is `90s`, 120 `2m`, 86,400 `1d`. Whole seconds. */
export function duration(seconds: number): string {
  for (const [unit, length] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
  ] as const) {
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`
  }
  return `${seconds}s`
}

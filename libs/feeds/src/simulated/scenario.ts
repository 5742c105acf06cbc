/** From `fromS` to `toS` seconds after the start, the differences from a quiet market. Absent: no difference. */
interface ScenarioPhase {
  readonly fromS: number
  readonly toS: number
  /** Factor on the volatility of prices. */
  readonly volatility?: number
  /** Factor on the number of orders. */
  readonly rate?: number
  /** Factor on the size of resting orders. */
  readonly liquidity?: number
  /** Price move over the whole phase, as a ratio: -0.05 is five per cent down. */
  readonly move?: number
  /** Added to the order flow: 2 is a heavy surplus of buyers. */
  readonly flow?: number
}

/** A failure at `atS` seconds after the start. */
type Incident =
  /** The connection is lost and comes back `forS` seconds later, with fresh snapshots. */
  | { readonly kind: 'outage'; readonly atS: number; readonly forS: number }
  /** The next depth diff of the instrument at `index` is lost; a fresh snapshot comes `resyncAfterS` seconds later. */
  | { readonly kind: 'lostDiff'; readonly atS: number; readonly index: number; readonly resyncAfterS: number }

export interface Scenario {
  /** What happens and what should trip, in one line. */
  readonly about: string
  readonly phases?: readonly ScenarioPhase[]
  readonly incidents?: readonly Incident[]
  /** Bad frames are added from `fromS` seconds on, on average one every `everyS` seconds. */
  readonly badTicks?: { readonly fromS: number; readonly everyS: number }
  /** The venue's clock gains `rate` seconds a second from `fromS` to `toS` seconds; below 0 it loses them. */
  readonly clockDrift?: readonly { readonly fromS: number; readonly toS: number; readonly rate: number }[]
}

/** Every playable scenario, by name. */
export const scenarios = {
  calm: {
    about: 'An ordinary market. Nothing trips.',
  },
  storm: {
    about: 'Four times the volatility and twice the orders in thin books, without a fault. Nothing trips.',
    phases: [{ fromS: 10, toS: 120, volatility: 4, rate: 2, liquidity: 0.6 }],
  },
  'flash-crash': {
    about:
      'After a rally prices fall 5 % in 2 s and 9 % in 20 s through thin books, then snap back 8 % in 1 s. drawdown or pnl trips.',
    phases: [
      { fromS: 30, toS: 60, flow: 2, move: 0.004 },
      { fromS: 60, toS: 62, move: -0.05, rate: 2, liquidity: 0.2, flow: -2 },
      { fromS: 62, toS: 80, move: -0.042, rate: 2, liquidity: 0.3, flow: -2, volatility: 3 },
      { fromS: 80, toS: 81, move: 0.08, rate: 2, liquidity: 0.1, flow: 2 },
      { fromS: 81, toS: 140, move: 0.01, rate: 1.5, liquidity: 0.5, volatility: 3 },
    ],
  },
  'feed-outage': {
    about: 'A depth diff is lost and the book recovers; later the connection is away for 40 s. stale_data trips.',
    incidents: [
      { kind: 'lostDiff', atS: 20, index: 0, resyncAfterS: 2 },
      { kind: 'outage', atS: 45, forS: 40 },
    ],
  },
  'bad-ticks': {
    about: 'Broken, impossible, repeated and late frames between the good ones. All are refused; nothing trips.',
    badTicks: { fromS: 8, everyS: 0.25 },
  },
  'clock-drift': {
    about:
      "From 30 s on the venue's clock gains half a second a second, so trades and quotes are refused and nothing is traded; books and marks go on. At 60 s it is right again; from 90 s on it loses 50 ms a second, so everything is late, and kept. Nothing trips.",
    clockDrift: [
      { fromS: 30, toS: 60, rate: 0.5 },
      { fromS: 60, toS: 61, rate: -15 },
      { fromS: 90, toS: 600, rate: -0.05 },
    ],
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios
export const scenarioNames: readonly string[] = Object.keys(scenarios)

/** The conditions at one moment: the phases that cover it, combined. */
export interface Conditions {
  readonly volatility: number
  readonly rate: number
  readonly liquidity: number
  readonly driftPerSecond: number
  readonly flow: number
}

const calm: Conditions = { volatility: 1, rate: 1, liquidity: 1, driftPerSecond: 0, flow: 0 }

/** The conditions `seconds` after the start; of several phases that cover it, the first. */
export function conditionsAt({ phases = [] }: Scenario, seconds: number): Conditions {
  const phase = phases.find(({ fromS, toS }) => seconds >= fromS && seconds < toS)
  if (!phase) return calm
  const { fromS, toS, volatility = 1, rate = 1, liquidity = 1, move = 0, flow = 0 } = phase
  return { volatility, rate, liquidity, driftPerSecond: Math.log(1 + move) / (toS - fromS), flow }
}

/** How far the venue's clock is ahead `seconds` after the start, microseconds. */
export function clockErrorUs({ clockDrift }: Scenario, seconds: number): number {
  if (!clockDrift) return 0
  let errorS = 0
  for (const { fromS, toS, rate } of clockDrift) errorS += Math.max(0, Math.min(seconds, toS) - fromS) * rate
  return Math.round(errorS * 1_000_000)
}

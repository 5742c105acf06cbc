import type { Instrument } from '@triplane/contracts'
import {
  createSimulatedMarket,
  limitFeed,
  mergeFeeds,
  openCapture,
  paceFeed,
  scenarios,
  simulatedFeed,
  type Feed,
  type SimulatedMarketState,
} from '@triplane/feeds'
import type { Clock } from '@triplane/kernel'
import type { Options } from './options.ts'

/** Where a run's frames come from. */
export interface Source {
  /** Label of metrics and events. */
  readonly name: 'capture' | 'sim'
  readonly description: string
  readonly feed: Feed
  /** Venues whose instruments the run trades. */
  readonly venues: readonly string[]
  /** Market time of the first item. */
  readonly startUs: number
  /** Share of the input that was read, 0-1; absent when there is no end. */
  readonly progress?: () => number
  /** What a resumed run needs to go on; absent for captures. */
  readonly marketState?: () => SimulatedMarketState
}

/** What of the simulated market a run is made of; kept with its state. */
export interface SimulationPlan {
  readonly seed: number
  readonly startUs: number
  readonly scenario: Options['scenario']
  readonly sessions: Options['sessions']
}

/** Opens the capture files of a replay. Throws CaptureError. */
export async function openCaptures(options: Options, clock: Clock): Promise<Source> {
  const settings = options.venue === undefined ? {} : { venue: options.venue }
  const captures = await Promise.all(options.captures.map((file) => openCapture(file, settings)))
  const merged = mergeFeeds(captures)
  const { durationUs, speed } = options
  const bytesTotal = captures.reduce((sum, capture) => sum + capture.bytesTotal, 0)
  return {
    name: 'capture',
    description: `capture ${options.captures.join(', ')}`,
    feed: paceFeed(durationUs === undefined ? merged : limitFeed(merged, durationUs), { speed, clock }),
    venues: [...new Set(captures.map(({ origin }) => origin.venue))],
    startUs: Math.min(...captures.map(({ startUs }) => startUs)),
    progress: () => captures.reduce((sum, capture) => sum + capture.bytesRead(), 0) / bytesTotal,
  }
}

/** Starts the simulated market, or goes on with it. */
export function openSimulation(
  plan: SimulationPlan,
  options: Options,
  clock: Clock,
  state?: SimulatedMarketState,
): Source {
  const market = createSimulatedMarket({ ...plan, scenario: scenarios[plan.scenario] }, state)
  const startUs = market.nowUs()
  const { durationUs, speed } = options
  const feed = simulatedFeed(market, durationUs === undefined ? {} : { untilUs: startUs + durationUs })
  return {
    name: 'sim',
    description: 'simulated market',
    // Cut by the generator itself, so that its state is that of what was handed over.
    feed: paceFeed(feed, { speed, clock }),
    venues: ['sim'],
    startUs,
    marketState: () => market.snapshot(),
  }
}

/** The run's instruments: those of its venues. Throws when one symbol would mean two of them. */
export function instrumentsOf(venues: readonly string[], all: readonly Instrument[]): readonly Instrument[] {
  const instruments = all.filter(({ venue }) => venues.includes(venue))
  const twice = instruments.find((one, i) => instruments.findIndex(({ symbol }) => symbol === one.symbol) < i)
  if (twice)
    throw new AmbiguousSymbolError(
      `Expected every symbol to mean one instrument in a run, found ${twice.symbol} on several of ${venues.join(', ')}.`,
    )
  return instruments
}

/** Two venues of one run trade the same symbol. */
export class AmbiguousSymbolError extends Error {
  override readonly name = 'AmbiguousSymbolError'
}

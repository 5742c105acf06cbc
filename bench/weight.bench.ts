// The weight of an instrument in each plane, in a thin market: bytes in memory and exposed series, of a traded one and of one
// that is only quoted.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Event, Instrument } from '@triplane/contracts'
import { configuredRates, quotedOf, tradableOf } from '@triplane/instruments'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import { dataPlane, orderPlane, strategyPlane } from '@triplane/planes'
import { loadStandaloneConfig } from '../apps/standalone/src/config.ts'
import { print, verdict } from './harness.ts'

const COUNT = 200
/** Levels per side of the book. */
const LEVELS = 10
const START_US = 1_723_127_400_000_000
const planes = ['data', 'strategy', 'order'] as const
type Plane = (typeof planes)[number]
/** Upper limit of an instrument's weight in a plane. */
const MOST_KILOBYTES = { traded: 192, quoted: 16 }

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, {})
const rates = configuredRates(config.order.ratesToUsd)
const clock = { nowUs: () => systemClock.nowUs(), monotonicUs: () => systemClock.monotonicUs() }
const logger = createLogger({ service: 'bench', destination: { write: () => undefined } })

/** This many instruments of the simulated venue. */
function instrumentsOf(count: number, isTraded: boolean): Instrument[] {
  return Array.from({ length: count }, (_, i) => ({
    symbol: `T${i}/USDT`,
    venue: 'sim',
    exchange: 'sim',
    venueSymbol: `T${i}USDT`,
    kind: 'spot',
    base: `T${i}`,
    quote: 'USDT',
    tickSize: '0.1',
    lotSize: '0.001',
    minNotional: '5',
    session: '24x7',
    isTraded,
  }))
}

/** The items of a feed in a thin market: a connection, then a book, a trade and a quote of each instrument. */
function* market(instruments: readonly Instrument[]): Generator<FeedItem> {
  const origin = { source: 'sim', venue: 'sim' }
  yield { type: 'connect', origin, tsRecvUs: START_US }
  const ms = START_US / 1000
  const levels = (sign: 1 | -1) =>
    JSON.stringify(Array.from({ length: LEVELS }, (_, i) => [(100 + sign * (0.1 + i / 10)).toFixed(1), '1.000']))
  for (const { venueSymbol: s } of instruments) {
    const texts = [
      `{"lastUpdateId":10,"E":${ms},"T":${ms},"bids":${levels(-1)},"asks":${levels(1)}}`,
      `{"e":"trade","E":${ms},"T":${ms},"s":"${s}","t":1,"p":"100.0","q":"1.000","X":"MARKET","m":false}`,
      `{"e":"bookTicker","u":11,"s":"${s}","b":"99.9","B":"1.000","a":"100.1","A":"1.000","T":${ms},"E":${ms}}`,
    ]
    for (const [i, text] of texts.entries()) {
      const bytes = Buffer.from(text)
      const of = i === 0 ? { ...origin, snapshotSymbol: s } : origin
      yield { type: 'frame', origin: of, bytes, start: 0, end: bytes.length, tsRecvUs: START_US }
    }
  }
}

interface Hearing {
  readonly inputTypes: ReadonlySet<string>
  readonly core: { process(event: never): void; readonly outbox: { drain(): unknown } }
}

/** Plays the plane's input events. */
function hear(plane: Hearing, events: readonly Event[]): Hearing {
  for (const event of events) if (plane.inputTypes.has(event.type)) plane.core.process(event as never)
  plane.core.outbox.drain()
  return plane
}

/**
 * Builds the planes with these instruments, one at a time, with their metrics, and plays their market. Every series has room.
 */
function buildersOf(instruments: readonly Instrument[]) {
  const exposed = { source: 'sim', maxSeries: Infinity, logger }
  const events: Event[] = []
  const behind = { instruments: tradableOf(instruments, rates), rates, isSessionOpen }
  return {
    data() {
      const metrics = dataPlane.createMetrics({ ...exposed, instruments })
      const seen = { instruments, isSessionOpen, source: 'sim' }
      const plane = dataPlane.build({ ...seen, config: config.data, metrics, ...clock })
      for (const item of market(instruments)) {
        plane.core.accept(item)
        events.push(...plane.core.outbox.drain())
      }
      return { metrics, plane }
    },
    strategy() {
      const metrics = strategyPlane.createMetrics({ ...exposed, ...behind })
      const parts = { ...behind, quoted: quotedOf(instruments), config: config.strategy, metrics }
      return { metrics, plane: hear(strategyPlane.build(parts), events) }
    },
    order() {
      const metrics = orderPlane.createMetrics({ ...exposed, ...behind })
      const parts = { ...behind, config: config.order, metrics, onApproved: () => undefined }
      return { metrics, plane: hear(orderPlane.build(parts), events) }
    },
  } satisfies Record<Plane, unknown>
}

/** Bytes in use after garbage collection. */
function bytesInUse(): number {
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

interface Weight {
  readonly bytes: number
  readonly series: number
}

/** The weight of each plane with these instruments. */
function weigh(instruments: readonly Instrument[]): Record<Plane, Weight> {
  const build = buildersOf(instruments)
  const kept: unknown[] = []
  const weightOf = (plane: Plane) => {
    const before = bytesInUse()
    const built = build[plane]()
    kept.push(built)
    return { bytes: bytesInUse() - before, series: built.metrics.seriesLines }
  }
  // In this order: the data plane's output is the input of the others.
  return { data: weightOf('data'), strategy: weightOf('strategy'), order: weightOf('order') }
}

// Everything independent of the number of instruments exists before the measurement.
weigh(instrumentsOf(10, true))
print(`\nWeight of an instrument: ${COUNT} of a thin market, ${LEVELS} levels a side, beside one`)
for (const kind of ['traded', 'quoted'] as const) {
  const isTraded = kind === 'traded'
  const one = weigh(instrumentsOf(1, isTraded))
  const many = weigh(instrumentsOf(COUNT, isTraded))
  for (const plane of planes) {
    const ofEach = (what: keyof Weight) => (many[plane][what] - one[plane][what]) / (COUNT - 1)
    const name = `${kind}, ${plane} plane, ${ofEach('series')} series:`
    verdict(name, ofEach('bytes') / 1024, MOST_KILOBYTES[kind], 'KB')
  }
}

import { loadInstruments } from '@triplane/config'
import type { Instrument } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import { createMemoryBus } from '@triplane/messaging'
import { loadStandaloneConfig } from '../apps/standalone/src/config.ts'
import { createMetricsOfPlanes } from '../apps/standalone/src/plane-servers.ts'
import { composePlanes, type PlaneMetrics, type Planes } from '../apps/standalone/src/planes.ts'
import { rehearsalOf } from '../apps/standalone/src/rehearsal.ts'

const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, {})
const rates = configuredRates(config.order.ratesToUsd)
const traded = loadInstruments().filter(({ venue }) => venue === 'binance_usdm')
const logger = createLogger({ service: 'bench', destination: { write: () => undefined } })

/** The metrics of the planes, with series for this many instruments beyond those played. */
export function openMetrics(moreInstruments = 0): PlaneMetrics {
  const [first] = traded as [Instrument, ...Instrument[]]
  const more = Array.from({ length: moreInstruments }, (_, i) => ({ ...first, symbol: `MORE${i}/USDT` }))
  const instruments = [...traded, ...more]
  return createMetricsOfPlanes({ config, instruments, rates, source: 'capture', logger })
}

/** Rehearses decisions as the standalone app does. */
export function rehearsal(): (() => void) | undefined {
  return rehearsalOf(config, traded, rates)
}

const standing = (timeUs: number) => () => timeUs

/** The three planes as composed by the standalone app: strategy trading, risk on, ledgers, metrics on. */
export function openPlanes(hash: boolean, metrics = openMetrics(), turnUs = standing(systemClock.nowUs())): Planes {
  return composePlanes({
    config,
    source: 'capture',
    instruments: traded,
    rates,
    isSessionOpen,
    bus: createMemoryBus({ nowUs: turnUs, retainRecords: 64 }),
    runId: 'bench',
    metrics,
    clock: systemClock,
    turnUs,
    hash,
    logger,
  })
}

/** The items of a turn of the app at full speed: about those of one read of a file. */
const TURN_ITEMS = 256

/** Runs the items through the planes like the app, without a feed and a store. */
export function play(planes: Planes, items: readonly FeedItem[]): void {
  const turns = playInTurns(planes, items)
  while (!turns.next().done);
}

/** The same, turn by turn. */
export function* playInTurns(planes: Planes, items: readonly FeedItem[]): Generator<void> {
  const { lockstep, strategy, order } = planes
  for (let i = 0; i < items.length; i++) {
    lockstep.accept(items[i] as FeedItem)
    if (i % TURN_ITEMS !== 0) continue
    planes.observe()
    void strategy.runner.consumer.commit()
    void order.runner.consumer.commit()
    yield
  }
  lockstep.closeBefore((lockstep.nowUs ?? 0) + 1)
  planes.observe()
}

import { loadInstruments } from '@triplane/config'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import { createMemoryBus } from '@triplane/messaging'
import { loadStandaloneConfig } from '../apps/standalone/src/config.ts'
import { createMetricsOfPlanes } from '../apps/standalone/src/plane-servers.ts'
import { composePlanes, type Planes } from '../apps/standalone/src/planes.ts'

const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, {})
const instruments = loadInstruments().filter(({ venue }) => venue === 'binance_usdm')
const logger = createLogger({ service: 'bench', destination: { write: () => undefined } })

/** The three planes as the standalone app composes them: strategy trading, risk on, ledgers, metrics on. */
export function openPlanes(hash: boolean): Planes {
  const turnUs = systemClock.nowUs()
  const metrics = createMetricsOfPlanes({ instruments, source: 'capture', ...config.metrics, logger })
  return composePlanes({
    config,
    source: 'capture',
    instruments,
    isSessionOpen,
    bus: createMemoryBus({ nowUs: () => turnUs }),
    runId: 'bench',
    metrics,
    clock: systemClock,
    turnUs: () => turnUs,
    hash,
    logger,
  })
}

/** What a turn of the app takes at full speed: about what one read of a file holds. */
const TURN_ITEMS = 256

/** Runs the items through the planes as the app does, without a feed and a store. */
export function play(planes: Planes, items: readonly FeedItem[]): void {
  const { lockstep, strategy, order } = planes
  for (let i = 0; i < items.length; i++) {
    lockstep.accept(items[i] as FeedItem)
    if (i % TURN_ITEMS !== 0) continue
    planes.observe()
    void strategy.runner.consumer.commit()
    void order.runner.consumer.commit()
  }
  lockstep.closeBefore((lockstep.nowUs ?? 0) + 1)
  planes.observe()
}

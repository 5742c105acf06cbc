import { setImmediate } from 'node:timers/promises'
import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'
import type { SimulatedMarket } from './simulated-market.ts'

const STEP_US = 100_000

/**
 * The simulated market as a feed, in steps of 100 ms of market time. It ends before `untilUs`, or goes on until it is
 * closed. Everything that the market generated is handed over, so after the end `market.snapshot()` is what a feed of a
 * resumed run starts from.
 */
export function simulatedFeed(
  market: SimulatedMarket,
  { untilUs = Infinity }: { readonly untilUs?: number } = {},
): Feed {
  let isClosed = false

  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    while (!isClosed && market.nowUs() < untilUs) {
      const stepEndUs = Math.min(market.nowUs() + STEP_US, untilUs)
      const items = market.generate(stepEndUs)
      // Says so when nothing came, and at the end.
      if (items.length === 0 || stepEndUs === untilUs) items.push({ type: 'time', tsRecvUs: stepEndUs - 1 })
      yield items
      // At full speed nothing else waits for the outside world: let it have its turn.
      await setImmediate()
    }
  }

  return {
    batches,
    close: async () => {
      isClosed = true
    },
  }
}

import { nextTurn } from '@triplane/async'
import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'
import { simulatedMarketSchema, type SimulatedMarket } from './simulated-market.ts'

const STEP_US = 100_000
/** Market time between two checkpoints. */
const CHECKPOINT_US = 1_000_000

/**
 * A state from which a simulated feed can resume: the generator's state, and the number of items before it, not counting
 * `time`.
 */
export const simulatedCheckpointSchema = stateSchema({ state: simulatedMarketSchema, items: field.count })
export type SimulatedCheckpoint = StateOf<typeof simulatedCheckpointSchema>

export interface SimulatedFeed extends Feed {
  /** The newest checkpoint: resuming from it needs nothing generated behind it. */
  checkpoint(): SimulatedCheckpoint
}

/**
 * The simulated market as a feed, in steps of 100 ms of market time. It ends before `untilUs`, or continues until it is closed.
 * Everything that the market generated is handed over, so after the end `market.snapshot()` is the start of a resumed run's
 * feed. `items` is the number of items that an earlier feed of the run had handed over when `market` was taken.
 */
export function simulatedFeed(
  market: SimulatedMarket,
  { untilUs = Infinity, items: before = 0 }: { readonly untilUs?: number; readonly items?: number } = {},
): SimulatedFeed {
  let isClosed = false
  let count = before
  let checkpoint: SimulatedCheckpoint = { state: market.snapshot(), items: count }
  let checkpointUs = market.nowUs()

  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    while (!isClosed && market.nowUs() < untilUs) {
      const stepEndUs = Math.min(market.nowUs() + STEP_US, untilUs)
      if (market.nowUs() - checkpointUs >= CHECKPOINT_US) {
        checkpoint = { state: market.snapshot(), items: count }
        checkpointUs = market.nowUs()
      }
      const items = market.generate(stepEndUs)
      count += items.length
      // Emits the time of an empty step, and at the end.
      if (items.length === 0 || stepEndUs === untilUs) items.push({ type: 'time', tsRecvUs: stepEndUs - 1 })
      yield items
      // At full speed nothing else yields to the outside world: give it a turn.
      await nextTurn()
    }
  }

  return {
    batches,
    checkpoint: () => checkpoint,
    close: async () => {
      isClosed = true
    },
  }
}

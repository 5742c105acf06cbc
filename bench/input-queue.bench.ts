// The cost for a plane of putting consumed events into input order, by the size of their batches, where these overlap as much as
// they can: each has the events of one type and one instrument, as if on a topic of its own, at the same times as the others.
import { Outbox, rank, type Event } from '@triplane/contracts'
import { Stepper } from '@triplane/messaging'
import type { Contender } from './contender.ts'
import { runBench } from './harness.ts'

const INSTANTS = 10_000
const INSTRUMENTS = ['BTC/USDT@sim', 'ETH/USDT@sim']
/** In the order of the batches. */
const TYPES = ['bookDelta', 'ofi', 'quote', 'trade'] as const
const START_US = 1_723_127_400_000_000
const STEP_US = 1000
const PRODUCER = 'data-plane'

/** At each instant each instrument has one event of each type, in the order in which a data plane publishes them. */
function eventsOf(): Event[] {
  const events: Event[] = []
  for (let i = 0; i < INSTANTS; i++) {
    for (const instrument of INSTRUMENTS) {
      const timeUs = START_US + i * STEP_US
      const origin = { source: 'sim', instrument, tsRecvUs: timeUs, tsEventUs: timeUs }
      const flow = { value: 1, intervalStartUs: timeUs, intervalValue: 1, depth: 1 }
      const seq = events.length + 1
      events.push(
        { type: 'trade', seq, ...origin, price: 100, size: 1, aggressor: 'buy' },
        { type: 'quote', seq: seq + 1, ...origin, bid: 99.9, bidSize: 1, ask: 100.1, askSize: 1 },
        { type: 'bookDelta', seq: seq + 2, ...origin, bids: [99.9, 1], asks: [] },
        { type: 'ofi', seq: seq + 3, ...origin, ...flow },
      )
    }
  }
  return events
}

/**
 * The same in batches of this size: of each flush first those of one type, then those of the next.
 */
function flushesOf(events: readonly Event[], batchSize: number): Event[][][] {
  const kinds = TYPES.flatMap((type) => INSTRUMENTS.map((instrument) => ({ type, instrument })))
  const ofKind = kinds.map(({ type, instrument }) =>
    events.filter((event) => event.type === type && event.instrument === instrument),
  )
  return Array.from({ length: INSTANTS / batchSize }, (_, i) =>
    ofKind.map((of) => of.slice(i * batchSize, (i + 1) * batchSize)),
  )
}

function batchesOf(batchSize: number): Contender {
  return {
    name: `batches of ${batchSize}`,
    isOurs: true,
    prepare: () => {
      const flushes = flushesOf(eventsOf(), batchSize)
      return Promise.resolve(() => orderOf(flushes, batchSize))
    },
  }
}

/** Steps an idle core through the batches; returns a number that depends on the order in which it saw the events. */
function orderOf(flushes: readonly Event[][][], batchSize: number): number {
  const seen = { order: 0 }
  const stepper = new Stepper<Event, Event>({
    outbox: new Outbox<Event>(),
    process: ({ seq }) => void (seen.order = (Math.imul(seen.order, 31) + seq) | 0),
    advance: () => undefined,
    nextDueUs: () => Infinity,
    snapshot: () => undefined,
  })
  for (let i = 0; i < flushes.length; i++) {
    for (const batch of flushes[i] as Event[][]) for (const event of batch) stepper.push(PRODUCER, event)
    stepper.step(START_US + ((i + 1) * batchSize - 1) * STEP_US, rank.strategy)
  }
  return seen.order
}

const events = eventsOf()
await runBench({
  title: `Events into input order, ${INSTRUMENTS.length} instruments, four types`,
  items: events.length,
  item: 'event',
  contenders: [500, 50, 1].map(batchesOf),
  expected: events.reduce((order, { seq }) => (Math.imul(order, 31) + seq) | 0, 0),
  goals: [{ than: 'batches of 1', timesFaster: 0.67 }],
})

import type { Instrument, MarketStatus, EventDraft } from '@triplane/contracts'
import { aQuote, aTrade } from '@triplane/testing'
import fc from 'fast-check'
import type { NormalizedEvent } from '../frame-refusal.ts'
import { OrderBook } from '../order-book/order-book.ts'
import { createStepsWatch, type StepsWatch, type StepsWatchSnapshot } from './steps-watch.ts'

const instrument: Instrument = {
  ...{
    symbol: 'BTC/USDT',
    venue: 'sim',
    exchange: 'sim',
    venueSymbol: 'BTCUSDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
  },
  ...{ tickSize: '0.1', lotSize: '0.005', minNotional: '5', session: '24x7' },
}
const coarse = { bid: 99.9, ask: 100.1, bidSize: 0.005, askSize: 1, price: 100, size: 0.25 }

function watch(events: readonly NormalizedEvent[], of = instrument, snapshot?: StepsWatchSnapshot) {
  const said: EventDraft<MarketStatus>[] = []
  const steps = createStepsWatch('sim', of, snapshot)
  for (const event of events) steps.onEvent(event, 7, (status) => said.push(status))
  return { said: said.map(({ status, reason }) => `${status} ${reason ?? ''}`.trim()), steps }
}

const saved = (steps: StepsWatch) => JSON.parse(JSON.stringify(steps.snapshot())) as StepsWatchSnapshot

it.each<{ name: string; event: NormalizedEvent; said: string[] }>([
  { name: 'whole steps', event: aTrade(coarse), said: [] },
  { name: 'a trade at a finer price', event: aTrade({ ...coarse, price: 100.05 }), said: ['steps_unknown price'] },
  { name: 'a trade of a finer size', event: aTrade({ ...coarse, size: 0.0004 }), said: ['steps_unknown size'] },
  { name: 'a size between lots', event: aTrade({ ...coarse, size: 0.001 }), said: ['steps_unknown size'] },
  { name: 'a quote with a finer ask', event: aQuote({ ...coarse, ask: 100.11 }), said: ['steps_unknown price'] },
])('judges $name', ({ event, said }) => {
  expect(watch([event]).said).toEqual(said)
})

it.each([
  { name: 'whole steps', bids: [99.9, 1], asks: [100.1, 0.005], said: [] },
  { name: 'a finer best price', bids: [99.9, 1], asks: [100.01, 1], said: ['steps_unknown price'] },
  { name: 'a finer size at the best', bids: [99.9, 0.0001], asks: [100.1, 1], said: ['steps_unknown size'] },
  { name: 'one side only', bids: [], asks: [100.01, 1], said: ['steps_unknown price'] },
  { name: 'an old order deep in the book', bids: [99.9, 1, 50.001, 1.0001], asks: [100.1, 1, 900.02, 1], said: [] },
])('judges a book with $name', ({ bids, asks, said }) => {
  const heard: string[] = []
  const book = new OrderBook('0.01')
  book.replace(bids, asks)
  createStepsWatch('sim', instrument).onBook(book, 7, ({ status, reason }) => heard.push(`${status} ${reason}`))
  expect(heard).toEqual(said)
})

it('emits one status, and counts every event', () => {
  const fine = aTrade({ ...coarse, price: 100.05 })
  const { said, steps } = watch([aTrade(coarse), fine, fine, aTrade(coarse)])
  expect([said, steps.finer]).toEqual([['steps_unknown price'], 2])
  expect(watch([fine], instrument, saved(steps)).said).toEqual([])
})

describe('the list of the venue', () => {
  const fine = aTrade({ ...coarse, price: 100.05 })
  const listed = { tickSize: '0.01', lotSize: '0.005', minNotional: '5' }

  it('puts other steps into force, and announces them', () => {
    const heard: EventDraft<MarketStatus>[] = []
    const { steps } = watch([fine])
    steps.onList(listed, 8, (status) => heard.push(status))
    steps.onEvent(fine, 9, (status) => heard.push(status))
    expect(heard).toMatchObject([{ status: 'steps_known', reason: 'list', tsRecvUs: 8, ...listed }])
    expect(watch([fine], instrument, saved(steps)).said).toEqual([])
    steps.onEvent(aTrade({ ...coarse, price: 100.005 }), 10, (status) => heard.push(status))
    expect(heard.at(-1)).toMatchObject({ status: 'steps_unknown', reason: 'price' })
  })

  it.each([
    { name: 'is silent about known steps', events: [aTrade(coarse)], said: [] },
    { name: 'repeats that they are unknown when it does not help', events: [fine], said: ['steps_unknown list'] },
  ])('$name', ({ events, said }) => {
    const heard: string[] = []
    const { steps } = watch(events)
    const same = { tickSize: '0.10', lotSize: '0.0050', minNotional: '5' }
    steps.onList(same, 8, ({ status, reason }) => heard.push(`${status} ${reason}`))
    expect(heard).toEqual(said)
  })

  it('may be coarser than the file', () => {
    const heard: EventDraft<MarketStatus>[] = []
    const { steps } = watch([])
    steps.onList({ ...listed, tickSize: '1' }, 8, (status) => heard.push(status))
    steps.onEvent(aTrade({ ...coarse, price: 100.1 }), 9, (status) => heard.push(status))
    expect(heard.map(({ status }) => status)).toEqual(['steps_known', 'steps_unknown'])
  })
})

describe('a changed instruments file', () => {
  const fine = aTrade({ ...coarse, price: 100.05 })
  const changed = { ...instrument, tickSize: '0.01' }

  it.each([
    { name: 'after steps that were too coarse', events: [fine] },
    { name: 'after steps that were known', events: [] },
  ])('is announced at the first event, once: $name', ({ events }) => {
    const { said, steps } = watch([fine, fine], changed, saved(watch(events).steps))
    expect(said).toEqual(['steps_known file'])
    expect(watch([fine], changed, saved(steps)).said).toEqual([])
  })

  it('is announced even if the run stopped again before the first event', () => {
    const { steps } = watch([], changed, saved(watch([]).steps))
    expect(watch([fine], changed, saved(steps)).said).toEqual(['steps_known file'])
  })

  it('is not announced when the list agrees', () => {
    const { steps } = watch([])
    steps.onList({ tickSize: '0.01', lotSize: '0.005', minNotional: '5' }, 8, () => undefined)
    expect(watch([fine], changed, saved(steps)).said).toEqual([])
  })
})

it('accepts every whole number of steps', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (ticks, lots) => {
      expect(
        watch([aTrade({ price: Number((ticks / 10).toFixed(1)), size: Number(((lots * 5) / 1000).toFixed(3)) })]).said,
      ).toEqual([])
    }),
  )
})

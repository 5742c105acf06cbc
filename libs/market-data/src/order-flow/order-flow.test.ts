import type { Ofi, EventDraft } from '@triplane/contracts'
import { aQuote } from '@triplane/testing'
import { OrderBook } from '../order-book/order-book.ts'
import { createOrderFlow } from './order-flow.ts'

const options = { source: 'sim', instrument: 'BTC/USDT@sim', lotSize: '0.001', intervalUs: 10_000_000 }
type Best = readonly [bid: number, bidSize: number, ask: number, askSize: number]

function run(quotes: readonly (Best | 'reset' | 'restore')[], everyUs = 0): EventDraft<Ofi>[] {
  const emitted: EventDraft<Ofi>[] = []
  let flow = createOrderFlow(options)
  quotes.forEach((step, i) => {
    if (step === 'reset') flow.reset()
    else if (step === 'restore') flow = createOrderFlow(options, JSON.parse(JSON.stringify(flow.snapshot())))
    else {
      const [bid, bidSize, ask, askSize] = step
      flow.onQuote(aQuote({ tsRecvUs: 20_000_000 + i * everyUs, bid, bidSize, ask, askSize }), (ofi) =>
        emitted.push(ofi),
      )
    }
  })
  return emitted
}

const start: Best = [100, 2, 101, 3]

it.each<{ name: string; next: Best; value: number }>([
  { name: 'nothing changes', next: [100, 2, 101, 3], value: 0 },
  { name: 'the bid grows', next: [100, 2.5, 101, 3], value: 0.5 },
  { name: 'the bid shrinks', next: [100, 0.5, 101, 3], value: -1.5 },
  { name: 'the bid rises', next: [100.5, 4, 101, 3], value: 4 },
  { name: 'the bid falls', next: [99, 7, 101, 3], value: -2 },
  { name: 'the ask grows', next: [100, 2, 101, 4], value: -1 },
  { name: 'the ask falls', next: [100, 2, 100.5, 4], value: -4 },
  { name: 'the ask rises', next: [100, 2, 102, 9], value: 3 },
  { name: 'both rise', next: [101, 1.1, 102, 9], value: 4.1 },
])('e_n when $name', ({ next, value }) => {
  expect(run([start, next])).toMatchObject([{ value, intervalValue: value, depth: (next[1] + next[3]) / 2 }])
})

it('emits nothing for the first quote, nor for the first after a reset', () => {
  expect(run([start])).toEqual([])
  expect(run([start, 'reset', [100, 9, 101, 3], [100, 8, 101, 3]])).toMatchObject([{ value: -1 }])
})

it('sums exactly over intervals of receive time', () => {
  const growing = Array.from({ length: 12 }, (_, i): Best => [100, (i + 1) / 10, 101, 1])
  const emitted = run(growing, 1_000_000)
  expect(emitted.map(({ intervalValue }) => intervalValue)).toEqual([
    0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.1, 0.2,
  ])
  expect(new Set(emitted.map(({ intervalStartUs }) => intervalStartUs))).toEqual(new Set([20_000_000, 30_000_000]))
})

it('forwards the venue time of the update, if it has one', () => {
  const emitted: EventDraft<Ofi>[] = []
  const flow = createOrderFlow(options)
  for (const [i, tsEventUs] of [7, 8, undefined].entries()) {
    const { tsEventUs: _, ...quote } = aQuote({ tsRecvUs: 20_000_000 + i })
    flow.onQuote({ ...quote, ...(tsEventUs !== undefined && { tsEventUs }) }, (ofi) => emitted.push(ofi))
  }
  expect(emitted.map((ofi) => ofi.tsEventUs)).toEqual([8, undefined])
})

it('continues identically after a restore', () => {
  const quotes: Best[] = [start, [100, 2.5, 101, 3], [100.5, 1, 101, 3], [100, 2, 101.5, 1]]
  expect(run(quotes.flatMap((quote) => ['restore', quote] as const))).toEqual(run(quotes))
})

it('measures a book by changes of its best level', () => {
  const flow = createOrderFlow(options)
  const book = new OrderBook('1', { bids: [100, 2, 99, 5], asks: [101, 3] })
  const emitted: number[] = []
  const change = (bids: number[], asks: number[]) => {
    book.apply(bids, asks)
    flow.onBook(book, 20_000_000, undefined, ({ value }) => emitted.push(value))
  }
  change([], [])
  change([99, 6], [])
  change([100, 0], [])
  expect(emitted).toEqual([-2])
  change([], [101, 0])
  change([], [101, 1])
  change([99, 6.5], [])
  expect(emitted).toEqual([-2, 0.5])
})

it('rounds nothing when sizes are finer than the lot', () => {
  const fine = run([start, [100, 2.0004, 101, 3], 'restore', [100, 2.0004, 101, 3.00005]])
  expect(fine.map(({ value, intervalValue }) => [value, intervalValue])).toEqual([
    [0.0004, 0.0004],
    [-0.00005, 0.00035],
  ])
})

import { decimalsOf } from '@triplane/kernel'
import fc from 'fast-check'
import { OrderBook } from './order-book.ts'

/** Few prices, so that levels are often replaced and removed; some far from the reference on either side. */
const price = fc.oneof(
  fc.integer({ min: 995, max: 1005 }).map((ticks) => ticks / 10),
  fc.constantFrom(0.01, 3, 99.999, 200, 201.5, 1e5, 1e12, Number.MIN_VALUE, Number.MAX_VALUE),
)
const levels = fc.array(fc.tuple(price, fc.integer({ min: 0, max: 3 })), { maxLength: 30 })
const changes = fc.array(
  fc.record({ kind: fc.constantFrom('apply', 'apply', 'apply', 'replace', 'restore'), bids: levels, asks: levels }),
  { maxLength: 20 },
)

/** Enough levels for the book to grow meanwhile, and then a few. */
const manyLevels = fc.array(
  fc.tuple(
    fc.integer({ min: 9000, max: 11_000 }).map((ticks) => ticks / 100),
    fc.integer({ min: 0, max: 3 }),
  ),
  {
    minLength: 200,
    maxLength: 1500,
  },
)
const growth = fc.array(
  fc.record({
    kind: fc.constantFrom('apply', 'apply', 'replace', 'restore'),
    bids: fc.oneof(levels, manyLevels),
    asks: fc.oneof(levels, manyLevels),
  }),
  { maxLength: 6 },
)

/**
 * A market that moves farther than a window of ticks is long, with levels near its touch and far from it, a few of them off the
 * grid. Sides move apart and through each other.
 */
const tickSizes = ['0.1', '0.25', '5', '0.03', '0.00000001'] as const
const walk = fc.record({
  tickSize: fc.constantFrom(...tickSizes),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom('apply', 'apply', 'apply', 'apply', 'replace', 'restore'),
      touch: fc.constantFrom(500_000, 500_003, 504_000, 512_000, 600_000),
      bids: fc.array(levelNear(-1), { maxLength: 40 }),
      asks: fc.array(levelNear(1), { maxLength: 40 }),
    }),
    { minLength: 3, maxLength: 25 },
  ),
})

/** Ticks from the touch, share of a tick off the grid, size. */
function levelNear(side: 1 | -1): fc.Arbitrary<readonly [number, number, number]> {
  const ticks = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
  )
  const offGrid = fc.oneof(
    { weight: 300, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(0.5, 1e-6) },
  )
  return fc.tuple(
    ticks.map((distance) => side * distance),
    offGrid,
    fc.integer({ min: 0, max: 3 }),
  )
}

/** The obvious book: a map of sizes by price. */
class NaiveSide {
  readonly sizes = new Map<number, number>()
  apply(changes: readonly (readonly [number, number])[]): void {
    for (const [price, size] of changes) {
      if (size > 0) this.sizes.set(price, size)
      else this.sizes.delete(price)
    }
  }
  levels(order: 1 | -1): number[] {
    return [...this.sizes].sort(([a], [b]) => order * (a - b)).flat()
  }
}

type Changes = typeof changes extends fc.Arbitrary<infer Steps> ? Steps : never

/** Expects equal levels in a book and in the naive one after each of the changes. */
function expectSameLevels(steps: Changes, tickSize = '0.1'): void {
  let book = new OrderBook(tickSize)
  const bids = new NaiveSide()
  const asks = new NaiveSide()
  for (const step of steps) {
    if (step.kind === 'restore') {
      book = new OrderBook(tickSize, JSON.parse(JSON.stringify(book.snapshot())))
      continue
    }
    if (step.kind === 'replace') {
      bids.sizes.clear()
      asks.sizes.clear()
      book.replace(step.bids.flat(), step.asks.flat())
    } else {
      book.apply(step.bids.flat(), step.asks.flat())
    }
    bids.apply(step.bids)
    asks.apply(step.asks)

    const want = { bids: bids.levels(-1), asks: asks.levels(1) }
    expect(book.snapshot()).toEqual(want)
    expect([book.bidCount, book.askCount]).toEqual([want.bids.length / 2, want.asks.length / 2])
    for (const level of [2, 0, 1, book.bidCount - 1, book.bidCount]) {
      expect(book.bidPrice(level)).toBe(want.bids[2 * level] ?? NaN)
      expect(book.bidSize(level)).toBe(want.bids[2 * level + 1] ?? NaN)
    }
    for (const level of [0, 2, book.askCount - 1, book.askCount, -1]) {
      expect(book.askPrice(level)).toBe(want.asks[2 * level] ?? NaN)
      expect(book.askSize(level)).toBe(want.asks[2 * level + 1] ?? NaN)
    }
    for (const [price] of step.asks) expect(book.sizeAt('ask', price)).toBe(asks.sizes.get(price) ?? 0)
    for (const [price] of step.bids) expect(book.sizeAt('bid', price)).toBe(bids.sizes.get(price) ?? 0)
    expect(book.isCrossed).toBe((want.bids[0] ?? NaN) >= (want.asks[0] ?? NaN))
  }
}

it('has the same levels as a naive book after any changes', () => {
  fc.assert(fc.property(changes, (steps) => expectSameLevels(steps)))
})

it('has the same levels as a naive book while it grows', () => {
  fc.assert(
    fc.property(growth, (steps) => expectSameLevels(steps)),
    { numRuns: 30 },
  )
})

it('has the same levels as a naive book wherever the market goes, on the grid and off it', () => {
  fc.assert(
    fc.property(walk, ({ tickSize, steps }) => {
      const scale = Number(`1e${decimalsOf(tickSize)}`)
      const unitsPerTick = Math.round(Number(tickSize) * scale)
      const priced = (touch: number, levels: readonly (readonly [number, number, number])[]) =>
        levels.map(([ticks, off, size]): [number, number] => [((touch + ticks + off) * unitsPerTick) / scale, size])
      expectSameLevels(
        steps.map(({ kind, touch, bids, asks }) => ({ kind, bids: priced(touch, bids), asks: priced(touch, asks) })),
        tickSize,
      )
    }),
  )
})

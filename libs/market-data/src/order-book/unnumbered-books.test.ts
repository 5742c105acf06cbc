import type { Quote, Trade } from '@triplane/contracts'
import { aBookDelta, aBookSnapshot, aQuote, aTrade, testStartUs } from '@triplane/testing'
import fc from 'fast-check'
import { createBookKeeper, STARVED_AFTER_US, type BookEvent, type BookKeeper } from './book-keeper.ts'
import type { BookRule, ReceivedDelta, ReceivedSnapshot } from './book-rule.ts'
import { OrderBook } from './order-book.ts'

const market = { source: 'sim', instrument: 'BTC/USDT@sim' }

/** A checksum that depends on every digit of every level. */
function checksum(bids: readonly string[], asks: readonly string[]): number {
  let sum = 7
  for (const character of `${bids.join(' ')}|${asks.join(' ')}`)
    sum = (Math.imul(sum, 16_777_619) ^ character.charCodeAt(0)) >>> 0
  return sum
}
const byChecksum: BookRule = { kind: 'checksum', checksum }
const byNothing: BookRule = { kind: 'none' }

interface Sides {
  readonly bids: readonly string[]
  readonly asks: readonly string[]
}

const { lastUpdateId: _, ...snapshotBase } = aBookSnapshot()
const { firstUpdateId: __, lastUpdateId: ___, prevUpdateId: ____, ...deltaBase } = aBookDelta()
const numbers = ({ bids, asks }: Sides) => ({ bids: bids.map(Number), asks: asks.map(Number) })

const snapshotOf = (sides: Sides, depth = 10): ReceivedSnapshot => ({
  ...snapshotBase,
  ...numbers(sides),
  proof: { depth, ...sides },
})
const deltaOf = (sides: Sides, sum?: number, depth = 10): ReceivedDelta => ({
  ...deltaBase,
  ...numbers(sides),
  proof: { depth, ...sides, ...(sum !== undefined && { checksum: sum }) },
})

/** Plays events into a keeper. Returns the keeper and its statuses, event by event. */
function keep(rule: BookRule, events: readonly (ReceivedDelta | ReceivedSnapshot)[], keeper = newKeeper(rule)) {
  const emitted: BookEvent[] = []
  const emit = (event: BookEvent) => emitted.push(event)
  for (const event of events) {
    if (event.type === 'bookDelta') keeper.onDelta(event, emit)
    else keeper.onSnapshot(event, emit)
  }
  return { keeper, emitted, said: emitted.map(said) }
}
const newKeeper = (rule: BookRule) => createBookKeeper({ rule, tickSize: '0.01', ...market })
const said = (event: BookEvent) =>
  event.type === 'marketStatus' ? [event.status, event.reason].filter(Boolean).join(' ') : event.type
const restored = (rule: BookRule, keeper: BookKeeper) =>
  createBookKeeper({ rule, tickSize: '0.01', ...market }, JSON.parse(JSON.stringify(keeper.snapshot())))

const first = { bids: ['9.0', '1.00', '8.0', '2.00'], asks: ['10.0', '3.00', '11.0', '4.00'] }
const second = { bids: ['9.0', '1.50'], asks: [] }
const afterSecond = checksum(['9.0', '1.50', '8.0', '2.00'], first.asks)

describe('a book that is kept by checksum', () => {
  it('is valid from its snapshot on, and emits no proof', () => {
    const { keeper, emitted, said } = keep(byChecksum, [
      deltaOf(second),
      snapshotOf(first),
      deltaOf(second, afterSecond),
    ])
    expect(said).toEqual(['bookSnapshot', 'book_valid', 'bookDelta'])
    expect(emitted[0]).toEqual({ ...snapshotBase, ...numbers(first) })
    expect(emitted[2]).toEqual({ ...deltaBase, ...numbers(second) })
    expect(keeper.book.snapshot()).toEqual({ bids: [9, 1.5, 8, 2], asks: [10, 3, 11, 4] })
    expect([keeper.lastUpdateId, keeper.hasBegun, newKeeper(byChecksum).hasBegun]).toEqual([0, true, false])
  })

  it('is invalid after a checksum mismatch, until the next snapshot', () => {
    const bad = deltaOf(second, afterSecond + 1)
    const { keeper, emitted, said } = keep(byChecksum, [snapshotOf(first), bad, deltaOf(second, afterSecond)])
    expect(said).toEqual(['bookSnapshot', 'book_valid', 'gap checksum', 'book_invalid checksum'])
    expect(emitted[2]).not.toHaveProperty('missing')
    expect([keeper.isValid, keeper.book.snapshot()]).toEqual([false, { bids: [], asks: [] }])
    const again = keep(byChecksum, [snapshotOf(first), deltaOf(second, afterSecond)], restored(byChecksum, keeper))
    expect(again.said).toEqual(['bookSnapshot', 'book_valid', 'bookDelta'])
  })

  it('distinguishes different digits of the same number', () => {
    const sent = { bids: ['9.0', '1.500'], asks: [] }
    expect(keep(byChecksum, [snapshotOf(first), deltaOf(sent, afterSecond)]).said).toContain('gap checksum')
  })

  it('accepts a delta without a checksum, and is proved by the next one', () => {
    const other = { bids: [], asks: ['10.0', '0.00'] }
    const sum = checksum(['9.0', '1.50', '8.0', '2.00'], ['11.0', '4.00'])
    expect(keep(byChecksum, [snapshotOf(first), deltaOf(second), deltaOf(other, sum)]).said).toEqual([
      'bookSnapshot',
      'book_valid',
      'bookDelta',
      'bookDelta',
    ])
  })

  it('applies the levels of a delta in their order', () => {
    const twice = { bids: ['8.5', '7.00', '8.5', '0.00', '9.0', '0.00', '9.0', '1.50'], asks: [] }
    const { keeper } = keep(byChecksum, [snapshotOf(first), deltaOf(twice, afterSecond)])
    expect(keeper.book.snapshot().bids).toEqual([9, 1.5, 8, 2])
  })

  it('removes levels pushed beyond its depth, from the snapshot on', () => {
    const better = { bids: ['9.5', '1.00'], asks: [] }
    const sum = checksum(['9.5', '1.00'], ['10.0', '3.00'])
    const { emitted, keeper } = keep(byChecksum, [snapshotOf(first, 1), deltaOf(better, sum, 1)])
    expect(emitted[0]).toMatchObject({ bids: [9, 1], asks: [10, 3] })
    expect(emitted[2]).toMatchObject({ bids: [9.5, 1, 9, 0], asks: [] })
    expect(keeper.book.snapshot()).toEqual({ bids: [9.5, 1], asks: [10, 3] })
  })

  it('is cut off at the depth of its snapshot when a delta gives none, also when restored', () => {
    const { keeper } = keep(byChecksum, [snapshotOf(first, 1)])
    const { proof, ...delta } = deltaOf(
      { bids: ['9.5', '1.00'], asks: [] },
      checksum(['9.5', '1.00'], ['10.0', '3.00']),
    )
    const { depth: _depth, ...sent } = proof ?? { bids: [], asks: [] }
    for (const each of [restored(byChecksum, keeper), keeper]) {
      const { emitted } = keep(byChecksum, [{ ...delta, proof: sent }], each)
      expect(emitted).toEqual([{ ...delta, bids: [9.5, 1, 9, 0] }])
    }
  })

  it('refuses a snapshot whose own checksum does not match its levels', () => {
    const snapshot = snapshotOf(first)
    const wrong = { ...snapshot, proof: { depth: 10, ...first, checksum: 1 } }
    const keeper = newKeeper(byChecksum)
    const emitted: string[] = []
    const refusal = keeper.onSnapshot(wrong, (event) => emitted.push(said(event)))
    expect(refusal).toEqual({ code: 'checksum', checksum: checksum(first.bids, first.asks), expected: 1 })
    expect([emitted, keeper.isValid]).toEqual([['book_invalid checksum'], false])
  })

  it.each([{ proof: undefined }, { proof: { depth: 10, bids: ['9.0'], asks: [] } }])(
    'throws on a delta without a complete proof: $proof',
    ({ proof }) => {
      const { proof: _whole, ...bare } = deltaOf(second)
      const events = [snapshotOf(first), proof ? { ...bare, proof } : bare]
      expect(() => keep(byChecksum, events)).toThrow(
        'Invariant: what a book that is kept by checksum takes has a proof',
      )
    },
  )
})

describe.each([
  { name: 'by checksum', rule: byChecksum },
  { name: 'by nothing', rule: byNothing },
])('a book that is kept $name', ({ rule }) => {
  const sides = (one: Sides, other: Sides) => [snapshotOf(one), deltaOf(other)]

  it('is invalid when a delta crosses it', () => {
    const { said, keeper } = keep(rule, sides(first, { bids: ['10.0', '1.00'], asks: [] }))
    expect(said).toEqual(['bookSnapshot', 'book_valid', 'book_invalid crossed'])
    expect(keeper.book.snapshot()).toEqual({ bids: [], asks: [] })
  })

  it('starts anew behind a hole, since changes cannot be ruled out', () => {
    const { keeper } = keep(rule, sides(first, second))
    const emitted: string[] = []
    keeper.onDisconnect(testStartUs, (event) => emitted.push(said(event)), true)
    keeper.onDelta(deltaOf(second), (event) => emitted.push(said(event)))
    expect([emitted, keeper.isValid, keeper.hasBegun]).toEqual([['book_invalid disconnect'], false, true])
  })

  it.each<{ name: string; change: Quote | Trade; starved: boolean }>([
    { name: 'a trade that the book has', change: aTrade({ tsEventUs: deltaBase.tsEventUs }), starved: false },
    { name: 'a trade after its last delta', change: aTrade({ tsEventUs: deltaBase.tsEventUs + 1 }), starved: true },
    { name: 'a quote that the book has', change: aQuote({ tsEventUs: deltaBase.tsEventUs }), starved: false },
    {
      name: 'a later quote of its best levels',
      change: aQuote({ tsEventUs: deltaBase.tsEventUs + 1, bid: 9, bidSize: 1.5, ask: 10, askSize: 3 }),
      starved: false,
    },
    {
      name: 'a later quote of another size',
      change: aQuote({ tsEventUs: deltaBase.tsEventUs + 1, bid: 9, bidSize: 1.25, ask: 10, askSize: 3 }),
      starved: true,
    },
    { name: 'a quote without a time', change: withoutTime(aQuote()), starved: true },
  ])('is starved by $name: $starved', ({ change, starved }) => {
    const { keeper } = keep(rule, sides(first, second))
    const emitted: string[] = []
    for (const each of [keeper, restored(rule, keeper)]) {
      each.onChangeElsewhere(testStartUs, change)
      each.onTime(testStartUs + STARVED_AFTER_US, (event) => emitted.push(said(event)))
    }
    expect(emitted).toEqual(starved ? ['book_invalid starved', 'book_invalid starved'] : [])
  })
})

it('keeps a book by the order of arrival only', () => {
  const { keeper, said } = keep(byNothing, [deltaOf(second), snapshotOf(first), deltaOf(second), deltaOf(second, 1)])
  expect(said).toEqual(['bookSnapshot', 'book_valid', 'bookDelta', 'bookDelta'])
  expect(keeper.snapshot()).toMatchObject({ texts: null, buffer: [], lastUpdateId: 0 })
})

function withoutTime({ tsEventUs: _time, ...quote }: Quote): Quote {
  return quote
}

const step = fc.record({
  side: fc.constantFrom('bids' as const, 'asks' as const),
  price: fc.integer({ min: 1, max: 9 }),
  size: fc.nat(4),
})
const DEPTH = 4

/** A venue that shows the best levels of its book, and sends the changes in them. */
function aVenue() {
  const book = { bids: new Map<number, number>(), asks: new Map<number, number>() }
  const best = (side: keyof typeof book) =>
    [...book[side].keys()].sort((a, b) => (side === 'bids' ? b - a : a - b)).slice(0, DEPTH)
  const text = (side: keyof typeof book, prices: readonly number[]) =>
    prices.flatMap((price) => [`${price}.0`, `${book[side].get(price) ?? 0}.00`])
  const shown = () => ({ bids: text('bids', best('bids')), asks: text('asks', best('asks')) })
  /** Takes a step; bids are at 1 to 9 and asks above. Returns the delta that it sends. */
  function take({ side, price: place, size }: { side: keyof typeof book; price: number; size: number }): ReceivedDelta {
    const price = side === 'bids' ? place : place + 9
    const before = new Map(best(side).map((shownPrice) => [shownPrice, book[side].get(shownPrice)]))
    if (size === 0) book[side].delete(price)
    else book[side].set(price, size)
    const changed = best(side).filter((shownPrice) => before.get(shownPrice) !== book[side].get(shownPrice))
    const gone = [...before.keys()].filter((shownPrice) => !book[side].has(shownPrice))
    const levels = text(side, [...gone, ...changed])
    const { bids, asks } = shown()
    return deltaOf({ bids: [], asks: [], [side]: levels }, checksum(bids, asks), DEPTH)
  }
  return { take, shown }
}

describe('whatever changes', () => {
  it('a book by checksum equals what the venue shows, for every consumer too, when restored after every delta', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const venue = aVenue()
        const consumer = new OrderBook('0.01')
        let keeper = newKeeper(byChecksum)
        const emit = (event: BookEvent) => {
          expect(event).not.toHaveProperty('proof')
          if (event.type === 'bookSnapshot') consumer.replace(event.bids, event.asks)
          else if (event.type === 'bookDelta') consumer.apply(event.bids, event.asks)
          else expect(event.status).toBe('book_valid')
        }
        keeper.onSnapshot(snapshotOf(venue.shown(), DEPTH), emit)
        for (const each of steps) {
          keeper.onDelta(venue.take(each), emit)
          const want = numbers(venue.shown())
          expect(keeper.isValid).toBe(true)
          expect(keeper.book.snapshot()).toEqual(want)
          expect(consumer.snapshot()).toEqual(want)
          keeper = restored(byChecksum, keeper)
        }
      }),
    )
  })

  it('a level that differs from the one sent is detected', () => {
    const spoilt = fc.constantFrom('price', 'size', 'lost')
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.nat(19), spoilt, (steps, at, how) => {
        const venue = aVenue()
        const keeper = newKeeper(byChecksum)
        const emitted: string[] = []
        const emit = (event: BookEvent) => void (event.type === 'marketStatus' && emitted.push(said(event)))
        keeper.onSnapshot(snapshotOf(venue.shown(), DEPTH), emit)
        let isSpoilt = false
        for (const [i, each] of steps.entries()) {
          const delta = venue.take(each)
          const [price, size] = delta.proof?.[each.side] ?? []
          if (i !== at % steps.length || price === undefined || size === undefined) {
            keeper.onDelta(delta, emit)
            continue
          }
          isSpoilt = true
          const level = how === 'price' ? [`${price}5`, '5.00'] : [price, `${size}1`]
          const sides = { bids: [], asks: [], [each.side]: how === 'lost' ? [] : level }
          keeper.onDelta(deltaOf(sides, delta.proof?.checksum, DEPTH), emit)
        }
        const want = isSpoilt ? ['book_valid', 'gap checksum', 'book_invalid checksum'] : ['book_valid']
        expect(emitted).toEqual(want)
      }),
    )
  })
})

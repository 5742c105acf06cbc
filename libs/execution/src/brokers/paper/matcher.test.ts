import type { OrderIntent } from '@triplane/contracts'
import * as fc from 'fast-check'
import { aMarketIntent, anIntent, aTrade, HandBook, NOW_US, terms } from '../../../test/builders.ts'
import { Matcher } from './matcher.ts'
import type { BrokerAnswer } from '../broker.ts'

function setUp(
  levels: Partial<Pick<HandBook, 'bids' | 'asks'>> = {
    bids: [[60_000, 2]],
    asks: [
      [60_000.1, 1],
      [60_000.2, 3],
    ],
  },
) {
  const book = new HandBook(levels)
  const quote = { bid: Number.NaN, ask: Number.NaN }
  const answers: BrokerAnswer[] = []
  const deps = {
    terms,
    fees: { makerBps: 2, takerBps: 5 },
    book,
    touch: { bid: () => quote.bid, ask: () => quote.ask },
    answer: (answer: BrokerAnswer) => void answers.push(answer),
  }
  return { book, quote, answers, deps, matcher: new Matcher(deps) }
}

/** Answers in short: "filled 1 @ 60000.1 taker", "cancelled immediate_or_cancel". */
function brief(answers: readonly BrokerAnswer[]): readonly string[] {
  return answers.map((answer) => {
    if (answer.type === 'filled') return `filled ${answer.quantity} @ ${answer.price} ${answer.liquidity}`
    return 'reason' in answer && answer.reason ? `${answer.type} ${answer.reason}` : answer.type
  })
}

const buy = (quantity: string, limitPrice: string, fields: Partial<OrderIntent> = {}) =>
  anIntent({ quantity, limitPrice, ...fields })

describe('a book that lags behind its quotes', () => {
  const price = fc.integer({ min: 599_990, max: 600_010 }).map((ticks) => ticks / 10)

  it('never fills a taker better than the newest touch, and a maker at its limit only', () => {
    fc.assert(
      fc.property(
        price,
        price,
        fc.array(fc.record({ side: fc.constantFrom('BUY', 'SELL'), limit: price }), { minLength: 1, maxLength: 8 }),
        (bid, ask, orders) => {
          const { matcher, answers, quote, book } = setUp()
          Object.assign(quote, { bid, ask })
          orders.forEach(({ side, limit }, i) =>
            matcher.accept(buy('1', String(limit), { side, intentId: `o${i}` }), NOW_US),
          )
          book.asks = [[59_999.5, 9]]
          matcher.onBook(NOW_US)
          for (const answer of answers) {
            if (answer.type !== 'filled') continue
            const order = orders[Number(answer.intentId.slice(1))]
            const paid = Number(answer.price)
            if (answer.liquidity === 'maker') expect(paid).toBe(order?.limit)
            else if (order?.side === 'BUY') expect(paid).toBeGreaterThanOrEqual(ask)
            else expect(paid).toBeLessThanOrEqual(bid)
          }
        },
      ),
    )
  })

  it.each([
    { name: 'pays the quote where the book is cheaper', ask: 60_000.2, want: ['filled 1 @ 60000.2 taker'] },
    { name: 'pays the book where the quote is cheaper', ask: 60_000, want: ['filled 1 @ 60000.1 taker'] },
    { name: 'takes nothing where the quote is beyond its limit', ask: 60_001, want: [] },
  ])('$name', ({ ask, want }) => {
    const { matcher, answers, quote } = setUp()
    Object.assign(quote, { bid: 60_000, ask })
    matcher.accept(buy('1', '60000.2'), NOW_US)
    expect(brief(answers)).toEqual(['acknowledged', ...want])
  })
})

it.each([
  { bid: 60_000.04, ask: 60_000.05 },
  { bid: 60_000.05, ask: 60_000.06 },
])('fills at the price of the level, however fine, in the book $bid | $ask', ({ bid, ask }) => {
  const { answers, matcher } = setUp({ bids: [[bid, 1]], asks: [[ask, 1]] })
  matcher.accept(buy('1', '60001', { intentId: 'a', timeInForce: 'IOC' }), NOW_US)
  matcher.accept(buy('1', '59999', { intentId: 'b', side: 'SELL', timeInForce: 'IOC' }), NOW_US)
  matcher.accept(aMarketIntent({ intentId: 'c', quantity: '1' }), NOW_US)
  const filled = [`filled 1 @ ${ask} taker`, `filled 1 @ ${bid} taker`]
  expect(brief(answers)).toEqual(['acknowledged', filled[0], 'acknowledged', filled[1], 'rejected no_liquidity'])
})

it('never fills at a price that would be rounded out of the book', () => {
  const { answers, matcher } = setUp({ bids: [[0.0000000011, 1]], asks: [[0.0000000012, 1]] })
  matcher.accept(buy('1', '1', { intentId: 'a', timeInForce: 'IOC' }), NOW_US)
  matcher.accept(aMarketIntent({ intentId: 'b', quantity: '1' }), NOW_US)
  expect(brief(answers)).toEqual(['acknowledged', 'cancelled immediate_or_cancel', 'rejected no_liquidity'])
})

describe('an order that is lowered', () => {
  it('keeps its place in the queue, ahead of our later orders', () => {
    const { matcher, answers } = setUp()
    matcher.accept(buy('1', '60000', { intentId: 'a' }), NOW_US)
    matcher.accept(buy('1', '60000', { intentId: 'b' }), NOW_US)
    matcher.onTrade(aTrade({ size: 1.5 }), NOW_US)
    matcher.amend('a', '0.3', NOW_US)
    answers.length = 0
    matcher.onTrade(aTrade({ size: 0.9 }), NOW_US)
    expect(answers).toMatchObject([
      { intentId: 'a', type: 'filled', quantity: '0.3', filledQuantity: '0.3' },
      { intentId: 'b', type: 'filled', quantity: '0.1' },
    ])
  })

  it('counts earlier fills, also after a restore', () => {
    const { matcher, answers, deps } = setUp()
    matcher.accept(buy('1', '60000'), NOW_US)
    matcher.onTrade(aTrade({ size: 2.4 }), NOW_US)
    const restored = new Matcher(deps, matcher.snapshot())
    restored.amend('OFI-1', '0.6', NOW_US)
    restored.amend('OFI-1', '0.9', NOW_US)
    restored.onTrade(aTrade({ size: 5 }), NOW_US)
    expect(answers.slice(2)).toMatchObject([
      { type: 'amended', quantity: '0.6' },
      { type: 'amended', quantity: '0.6' },
      { type: 'filled', quantity: '0.2', filledQuantity: '0.6' },
    ])
    restored.amend('OFI-1', '0.1', NOW_US)
    expect(answers).toHaveLength(5)
  })

  it('ends when lowered to its filled quantity', () => {
    const { matcher, answers } = setUp()
    matcher.accept(buy('1', '60000'), NOW_US)
    matcher.onTrade(aTrade({ size: 2.4 }), NOW_US)
    matcher.amend('OFI-1', '0.4', NOW_US)
    expect(brief(answers).at(-1)).toBe('cancelled')
    expect(matcher.watchesTrades).toBe(false)
  })
})

describe('an arriving order', () => {
  it.each([
    {
      name: 'takes level by level up to its limit and rests with what is left',
      order: buy('5', '60000.2'),
      want: ['acknowledged', 'filled 1 @ 60000.1 taker', 'filled 3 @ 60000.2 taker'],
    },
    { name: 'stops at its limit', order: buy('2', '60000.1'), want: ['acknowledged', 'filled 1 @ 60000.1 taker'] },
    {
      name: 'that may not rest gives back the rest',
      order: buy('2', '60000.1', { timeInForce: 'IOC' }),
      want: ['acknowledged', 'filled 1 @ 60000.1 taker', 'cancelled immediate_or_cancel'],
    },
    {
      name: 'at the market takes any price',
      order: aMarketIntent({ quantity: '5' }),
      want: ['acknowledged', 'filled 1 @ 60000.1 taker', 'filled 3 @ 60000.2 taker', 'cancelled immediate_or_cancel'],
    },
    {
      name: 'to sell takes bids',
      order: buy('1', '60000', { side: 'SELL' }),
      want: ['acknowledged', 'filled 1 @ 60000 taker'],
    },
    {
      name: 'that must not take is refused when it would',
      order: buy('1', '60000.1', { postOnly: true }),
      want: ['rejected would_cross'],
    },
    {
      name: 'that must not take rests when it does not',
      order: buy('1', '60000', { postOnly: true }),
      want: ['acknowledged'],
    },
    {
      name: 'at the market is refused on an empty side',
      order: aMarketIntent(),
      levels: { bids: [[60_000, 2]] as const },
      want: ['rejected no_liquidity'],
    },
    {
      name: 'is refused when there is no book',
      order: buy('1', '60000'),
      levels: {},
      want: ['rejected venue_refused'],
    },
  ])('$name', ({ order, levels, want }) => {
    const { matcher, answers } = setUp(levels)
    matcher.accept(order, NOW_US)
    expect(brief(answers)).toEqual(want)
  })

  it('pays commission on the liquidity it takes', () => {
    const { matcher, answers } = setUp()
    matcher.accept(buy('1', '60000.1'), NOW_US)
    expect(answers[1]).toMatchObject({ fee: '30.00005', fillId: 'OFI-1-1', venueUs: NOW_US })
  })

  it('does not take the same size twice', () => {
    const { matcher, answers, book } = setUp()
    const take = (intentId: string) => matcher.accept(buy('1', '60000.1', { intentId, timeInForce: 'IOC' }), NOW_US)
    take('a')
    take('b')
    book.asks = [
      [60_000.1, 1.4],
      [60_000.2, 3],
    ]
    matcher.onBook(NOW_US)
    take('c')
    expect(brief(answers)).toEqual([
      ...['acknowledged', 'filled 1 @ 60000.1 taker'],
      ...['acknowledged', 'cancelled immediate_or_cancel'],
      ...['acknowledged', 'filled 0.4 @ 60000.1 taker', 'cancelled immediate_or_cancel'],
    ])
  })

  it('treats a level that returns as new', () => {
    const { matcher, answers, book } = setUp()
    matcher.accept(buy('1', '60000.1'), NOW_US)
    book.asks = [[60_000.2, 3]]
    matcher.onBook(NOW_US)
    book.asks = [
      [60_000.1, 1],
      [60_000.2, 3],
    ]
    matcher.onBook(NOW_US)
    matcher.accept(buy('1', '60000.1', { intentId: 'b' }), NOW_US)
    expect(brief(answers.slice(-1))).toEqual(['filled 1 @ 60000.1 taker'])
  })
})

describe('a resting order', () => {
  /** A buy order of 1 behind the 2 that the bid displays. */
  function resting() {
    const venue = setUp()
    venue.matcher.accept(buy('1', '60000'), NOW_US)
    venue.answers.length = 0
    return venue
  }

  it.each([
    { name: 'waits for the queue before it', trades: [aTrade({ size: 2 })], want: [] },
    {
      name: 'fills with what a trade leaves after the queue',
      trades: [aTrade({ size: 2.4 })],
      want: ['filled 0.4 @ 60000 maker'],
    },
    {
      name: 'moves up with each trade at its price',
      trades: [aTrade({ size: 1.5 }), aTrade({ size: 0.7 }), aTrade({ size: 5 })],
      want: ['filled 0.2 @ 60000 maker', 'filled 0.8 @ 60000 maker'],
    },
    {
      name: 'fills when a trade goes through its price',
      trades: [aTrade({ price: 59_999.9 })],
      want: ['filled 1 @ 60000 maker'],
    },
    { name: 'is not filled by trades on the other side', trades: [aTrade({ aggressor: 'buy', size: 9 })], want: [] },
    { name: 'is not filled by trades short of its price', trades: [aTrade({ price: 60_000.1, size: 9 })], want: [] },
  ])('$name', ({ trades, want }) => {
    const { matcher, answers } = resting()
    for (const trade of trades) matcher.onTrade(trade, NOW_US)
    expect(brief(answers)).toEqual(want)
  })

  it('moves up when its level becomes smaller than the queue, not before', () => {
    const { matcher, answers, book } = resting()
    book.bids = [[60_000, 5]]
    matcher.onBook(NOW_US)
    book.bids = [[60_000, 0.5]]
    matcher.onBook(NOW_US)
    matcher.onTrade(aTrade({ size: 0.8 }), NOW_US)
    expect(brief(answers)).toEqual(['filled 0.3 @ 60000 maker'])
  })

  it('fills at its own price when the other side comes to it', () => {
    const { matcher, answers, book } = resting()
    book.bids = [[59_999.8, 1]]
    book.asks = [[59_999.9, 0.6]]
    matcher.onBook(NOW_US)
    matcher.onBook(NOW_US)
    expect(brief(answers)).toEqual(['filled 0.6 @ 60000 maker'])
  })

  it('shares a trade with our other orders by price, then time', () => {
    const { matcher, answers } = resting()
    matcher.accept(buy('1', '60000', { intentId: 'later' }), NOW_US)
    matcher.accept(buy('1', '60000.1', { intentId: 'better', side: 'BUY', postOnly: false }), NOW_US)
    answers.length = 0
    matcher.onTrade(aTrade({ size: 3.5 }), NOW_US)
    expect(answers.map((answer) => [answer.intentId, brief([answer])[0]])).toEqual([
      ['OFI-1', 'filled 1 @ 60000 maker'],
      ['later', 'filled 0.5 @ 60000 maker'],
    ])
  })

  it('is cancelled once', () => {
    const { matcher, answers } = resting()
    matcher.cancel('OFI-1', NOW_US)
    matcher.cancel('OFI-1', NOW_US)
    matcher.onTrade(aTrade({ price: 59_000 }), NOW_US)
    expect(brief(answers)).toEqual(['cancelled'])
    expect(matcher.watchesTrades).toBe(false)
  })
})

describe('matcher', () => {
  const price = fc.integer({ min: 599_990, max: 600_010 }).map((ticks) => ticks / 10)
  const size = fc.integer({ min: 1, max: 4_000 }).map((lots) => lots / 1_000)
  const side = fc.array(fc.tuple(price, size), { maxLength: 4 })
  const step = fc.oneof(
    fc.record({ kind: fc.constant('book' as const), bids: side, asks: side }),
    fc.record({
      kind: fc.constant('trade' as const),
      price,
      size,
      aggressor: fc.constantFrom('buy' as const, 'sell' as const),
    }),
    fc.record({
      kind: fc.constant('order' as const),
      price,
      size,
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const),
      isMarket: fc.boolean(),
    }),
  )
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

  function play(steps: readonly Step[], cut = -1): readonly BrokerAnswer[] {
    const { book, answers, deps, matcher: first } = setUp()
    let matcher = first
    const lots = (quantity: number) => Math.round(quantity * 1_000)
    const ordered = new Map<string, number>()
    const filled = new Map<string, number>()
    steps.forEach((each, i) => {
      const from = answers.length
      let offered = 0
      if (each.kind === 'book') {
        const levels = (side: readonly (readonly [number, number])[], sign: number) =>
          [...new Map(side)].sort((a, b) => sign * (a[0] - b[0]))
        book.bids = levels(each.bids, -1)
        book.asks = levels(each.asks, 1).filter(([ask]) => !(ask <= book.bidPrice(0)))
        matcher.onBook(NOW_US)
        offered = [...book.bids, ...book.asks].reduce((sum, [, size]) => sum + lots(size), 0)
      } else if (each.kind === 'trade') {
        matcher.onTrade(aTrade(each), NOW_US)
        offered = lots(each.size)
      } else {
        const fields = {
          intentId: `o${i}`,
          side: each.side,
          quantity: String(each.size),
          timeInForce: each.timeInForce,
        }
        const levels = each.side === 'BUY' ? book.asks : book.bids
        offered = levels.reduce((sum, [, size]) => sum + lots(size), 0)
        ordered.set(fields.intentId, lots(each.size))
        matcher.accept(
          each.isMarket ? aMarketIntent(fields) : anIntent({ ...fields, limitPrice: String(each.price) }),
          NOW_US,
        )
      }
      const fills = answers.slice(from).filter((answer) => answer.type === 'filled')
      expect(fills.reduce((sum, { quantity }) => sum + lots(Number(quantity)), 0)).toBeLessThanOrEqual(offered)
      for (const { intentId, quantity } of fills) {
        filled.set(intentId, (filled.get(intentId) ?? 0) + lots(Number(quantity)))
        expect(filled.get(intentId)).toBeLessThanOrEqual(ordered.get(intentId) as number)
      }
      if (i === cut) matcher = new Matcher(deps, JSON.parse(JSON.stringify(matcher.snapshot())))
    })
    return answers
  }

  it('never fills more than the order, the displayed size or the trade, and resumes identically from a snapshot', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, cut) => {
        expect(play(steps, cut)).toEqual(play(steps))
      }),
    )
  })
})

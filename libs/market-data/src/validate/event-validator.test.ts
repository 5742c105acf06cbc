import type { Trade } from '@triplane/contracts'
import { aBar, aBookDelta, aBookSnapshot, aQuote, aTrade, testStartUs } from '@triplane/testing'
import fc from 'fast-check'
import { createClockOffset } from './clock-offset.ts'
import { createEventValidator, type EventValidator, type EventValidatorSnapshot } from './event-validator.ts'
import { explainValidationError, type ValidatedEvent } from './validation-error.ts'

const aValidator = () => createEventValidator({ clock: createClockOffset() })
const codes = (validator: EventValidator, events: readonly ValidatedEvent[]) =>
  events.map((event) => validator.validate(event)?.code)

describe('an event by itself', () => {
  it.each<{ name: string; event: ValidatedEvent; code: string | undefined }>([
    { name: 'a good trade', event: aTrade(), code: undefined },
    { name: 'a trade at 0', event: aTrade({ price: 0 }), code: 'bad_price' },
    { name: 'a trade at NaN', event: aTrade({ price: NaN }), code: 'bad_price' },
    { name: 'a trade at infinity', event: aTrade({ price: Infinity }), code: 'bad_price' },
    { name: 'a trade of size 0', event: aTrade({ size: 0 }), code: 'bad_size' },
    { name: 'a trade of a negative size', event: aTrade({ size: -1 }), code: 'bad_size' },
    { name: 'a good quote', event: aQuote(), code: undefined },
    { name: 'a quote with a bid of 0', event: aQuote({ bid: 0 }), code: 'bad_price' },
    { name: 'a quote with an ask of NaN', event: aQuote({ ask: NaN }), code: 'bad_price' },
    { name: 'a quote without bid size', event: aQuote({ bidSize: 0 }), code: 'bad_size' },
    { name: 'a quote with an infinite ask size', event: aQuote({ askSize: Infinity }), code: 'bad_size' },
    { name: 'a crossed quote', event: aQuote({ bid: 101, ask: 100 }), code: 'crossed_quote' },
    { name: 'a locked quote', event: aQuote({ bid: 100, ask: 100 }), code: 'crossed_quote' },
    { name: 'a good delta', event: aBookDelta(), code: undefined },
    { name: 'a delta with a negative price', event: aBookDelta({ bids: [-1, 1] }), code: 'bad_price' },
    { name: 'a delta with a negative size', event: aBookDelta({ asks: [100, 1, 101, -1] }), code: 'bad_size' },
    { name: 'a good snapshot', event: aBookSnapshot(), code: undefined },
    { name: 'a crossed snapshot', event: aBookSnapshot({ bids: [100, 1], asks: [99, 1] }), code: 'crossed_quote' },
    { name: 'a snapshot with one side', event: aBookSnapshot({ bids: [] }), code: undefined },
    { name: 'a good bar', event: aBar(), code: undefined },
    {
      name: 'a bar that closes above its high',
      event: aBar({ low: 1, open: 1, high: 2, close: 3 }),
      code: 'bad_price',
    },
    { name: 'a bar with its low above its high', event: aBar({ low: 2, high: 1 }), code: 'bad_price' },
    { name: 'a bar with a negative volume', event: aBar({ volume: -1 }), code: 'bad_size' },
  ])('$name', ({ event, code }) => {
    const refusal = aValidator().validate(event)
    expect(refusal?.code).toBe(code)
    if (refusal) expect(explainValidationError(refusal)).toMatch(/^Expected .* was /)
  })
})

describe('the order of a stream', () => {
  it('refuses repeated trades and trades older than one already seen', () => {
    const trades = [10, 11, 11, 10, 9, 15, 12, 15, 16].map((tradeId) => aTrade({ tradeId }))
    expect(codes(aValidator(), trades)).toEqual([
      undefined,
      undefined,
      'duplicate',
      'duplicate',
      'out_of_order',
      undefined,
      'out_of_order',
      'duplicate',
      undefined,
    ])
  })

  it('keeps the streams of an instrument apart', () => {
    const events = [
      aTrade({ tradeId: 50 }),
      aQuote({ updateId: 7 }),
      aBookDelta({ lastUpdateId: 7 }),
      aQuote({ updateId: 7 }),
      aQuote({ updateId: 6 }),
    ]
    expect(codes(aValidator(), events)).toEqual([undefined, undefined, undefined, 'duplicate', 'out_of_order'])
  })

  it('recognises a repeated trade with a text id among the last thousand, also when restored and after a disconnect', () => {
    const named = (tradeId: string) => aTrade({ tradeId })
    let validator = aValidator()
    expect(codes(validator, ['T9', 'T1', 'T9', '7', 'T1'].map(named))).toEqual([
      undefined,
      undefined,
      'duplicate',
      undefined,
      'duplicate',
    ])
    validator.onDisconnect()
    const saved = JSON.parse(JSON.stringify(validator.snapshot())) as EventValidatorSnapshot
    validator = createEventValidator({ clock: createClockOffset() }, saved)
    expect(validator.validate(named('T9'))).toEqual({ code: 'duplicate', id: 'T9' })
    expect(validator.validate(aTrade({ tradeId: 7 }))).toBeUndefined()
    const many = Array.from({ length: 1_024 }, (_, i) => named(`new ${i}`))
    expect(codes(validator, many).every((code) => code === undefined)).toBe(true)
    expect(codes(validator, [named('T9'), named('new 1023'), named('new 2')])).toEqual([
      undefined,
      'duplicate',
      'duplicate',
    ])
    expect(validator.snapshot().namedTrades.ids).toHaveLength(1_024)
  })

  it('remembers no id of a refused trade', () => {
    const bad = aTrade({ tradeId: 'T1', price: 0 })
    expect(codes(aValidator(), [bad, aTrade({ tradeId: 'T1' })])).toEqual(['bad_price', undefined])
  })

  it('requires no order of events without ids, and counts none as missing', () => {
    const { tradeId: _, ...trade } = aTrade()
    const { updateId: __, ...quote } = aQuote()
    const { firstUpdateId: ___, lastUpdateId: ____, prevUpdateId: _____, ...delta } = aBookDelta()
    const validator = aValidator()
    const events = [trade, quote, delta, trade, quote, delta, { ...trade, tradeId: 'T1' }, trade]
    expect(codes(validator, events)).toEqual(events.map(() => undefined))
    expect(validator.takeTradeLoss()).toBeUndefined()
    expect(validator.takeDeltaRestart()).toBe(false)
  })

  it('counts an aggregate by the trades in it, whatever its own id', () => {
    const aggregate = (firstTradeId: number, lastTradeId: number) =>
      aTrade({ tradeId: `${firstTradeId}-${lastTradeId}`, firstTradeId, lastTradeId })
    const validator = aValidator()
    expect(codes(validator, [aggregate(1, 4), aggregate(3, 4), aggregate(8, 9)])).toEqual([
      undefined,
      'duplicate',
      undefined,
    ])
    expect(validator.takeTradeLoss()).toEqual({ missing: 3, lostUs: [] })
  })

  it('lets ids start anew after a disconnect, but remembers those it has seen', () => {
    const validator = aValidator()
    codes(validator, [aTrade({ tradeId: 100 }), aTrade({ tradeId: 101 })])
    validator.onDisconnect()
    const trades = [100, 5, 4, 6].map((tradeId) => aTrade({ tradeId }))
    expect(codes(validator, trades)).toEqual(['duplicate', undefined, 'out_of_order', undefined])
  })

  it('accepts a forming bar many times and a closed one once, by timeframe', () => {
    const forming = aBar({ timeframe: '1m', openTimeUs: 120, closed: false })
    const closed = aBar({ timeframe: '1m', openTimeUs: 120, closed: true })
    const events = [
      forming,
      forming,
      closed,
      closed,
      aBar({ timeframe: '1m', openTimeUs: 60 }),
      aBar({ timeframe: '5m', openTimeUs: 0 }),
    ]
    expect(codes(aValidator(), events)).toEqual([
      undefined,
      undefined,
      undefined,
      'duplicate',
      'out_of_order',
      undefined,
    ])
  })
})

describe('the price band', () => {
  const at = (prices: readonly number[]): Trade[] => prices.map((price, i) => aTrade({ tradeId: i + 1, price }))

  it.each<{ name: string; prices: number[]; refused: number[] }>([
    { name: 'admits a jump at the limit', prices: [100, 110, 99], refused: [] },
    { name: 'refuses a jump past the limit', prices: [100, 110.01, 89.99, 100], refused: [1, 2] },
    {
      name: 'refuses lone bad ticks, however many',
      prices: [100, 1000, 100, 1000, 100, 1000, 100, 1000, 100, 1000],
      refused: [1, 3, 5, 7, 9],
    },
    {
      name: 'refuses bad ticks that do not agree',
      prices: [100, 1000, 10, 2000, 1, 3000, 100],
      refused: [1, 2, 3, 4, 5],
    },
    {
      name: 'follows a crash on which five events agree',
      prices: [100, 60, 61, 59, 58, 57, 56],
      refused: [1, 2, 3, 4],
    },
    {
      name: 'recovers when the first price was bad',
      prices: [1000, 100, 100, 100, 100, 100, 100],
      refused: [1, 2, 3, 4],
    },
  ])('$name', ({ prices, refused }) => {
    const got = codes(aValidator(), at(prices))
    expect(got.flatMap((code, i) => (code ? [i] : []))).toEqual(refused)
    expect(got.filter(Boolean).every((code) => code === 'price_band')).toBe(true)
  })

  it('judges quotes by their mid, together with trades', () => {
    const validator = aValidator()
    const events = [aTrade({ price: 100 }), aQuote({ bid: 99, ask: 140 }), aQuote({ bid: 99, ask: 101 })]
    expect(codes(validator, events)).toEqual([undefined, 'price_band', undefined])
  })

  it('forgets the last price at a disconnect', () => {
    const validator = aValidator()
    validator.validate(aTrade({ price: 100 }))
    validator.onDisconnect()
    expect(validator.validate(aTrade({ tradeId: 2, price: 200 }))).toBeUndefined()
  })
})

describe('the clock', () => {
  it('is asked last: events refused for another reason do not count', () => {
    const clock = createClockOffset()
    const validator = createEventValidator({ clock })
    const received = (seconds: number, lagUs: number, fields: Partial<Trade> = {}) => {
      const tsRecvUs = testStartUs + seconds * 1_000_000
      return aTrade({ tradeId: seconds + 1, tsRecvUs, tsEventUs: tsRecvUs - lagUs, ...fields })
    }
    codes(validator, [
      received(0, 100),
      received(1, -500, { price: 0 }),
      received(2, -500, { tradeId: 1 }),
      received(5, 200),
    ])
    expect(clock.offsetUs).toBe(100)
    expect(validator.validate(received(6, 90))).toBeUndefined()
    expect(clock.offsetUs).toBe(90)
  })

  it('does not judge events without a venue time, nor snapshots', () => {
    const clock = createClockOffset()
    const validator = createEventValidator({ clock })
    const { tsEventUs, ...quote } = aQuote()
    codes(validator, [quote, aBookSnapshot({ tsEventUs: (tsEventUs as number) - 3e9 })])
    expect(clock.offsetUs).toBeUndefined()
  })

  it('refuses trades and quotes that stay ahead without agreeing, and never a delta', () => {
    const validator = aValidator()
    const ahead = (event: (id: number, tsRecvUs: number, tsEventUs: number) => ValidatedEvent) => {
      const got: (string | undefined)[] = []
      for (let id = 1; id <= 8; id++) {
        const tsRecvUs = testStartUs + id * 1_000_000
        got.push(validator.validate(event(id, tsRecvUs, tsRecvUs + (id === 1 ? 0 : id * 1_000_000)))?.code)
      }
      return got
    }
    const refusedFromTheFifth = [...Array<undefined>(3), ...Array<string>(5).fill('clock_drift')]
    expect(ahead((tradeId, tsRecvUs, tsEventUs) => aTrade({ tradeId, tsRecvUs, tsEventUs }))).toEqual(
      refusedFromTheFifth,
    )
    expect(ahead((updateId, tsRecvUs, tsEventUs) => aQuote({ updateId, tsRecvUs, tsEventUs }))).toEqual(
      refusedFromTheFifth,
    )
    expect(ahead((lastUpdateId, tsRecvUs, tsEventUs) => aBookDelta({ lastUpdateId, tsRecvUs, tsEventUs }))).toEqual(
      Array(8).fill(undefined),
    )
  })

  it('refuses nothing for being late', () => {
    const validator = aValidator()
    const lagsUs = [0, 400_000, 10_000_000, 3_600_000_000, 0]
    const trades = lagsUs.map((lagUs, i) => {
      const tsRecvUs = testStartUs + i * 1_000_000
      return aTrade({ tradeId: i + 1, tsRecvUs, tsEventUs: tsRecvUs - lagUs })
    })
    expect(codes(validator, trades)).toEqual(lagsUs.map(() => undefined))
  })
})

/** The state without ids in doubt. */
function withoutDoubts({ trades, quotes, deltas, losses: _, ...rest }: EventValidatorSnapshot) {
  const facts = ({ runStart, lastId, mayRestart }: EventValidatorSnapshot['trades']) => ({
    runStart,
    lastId,
    mayRestart,
  })
  return { ...rest, trades: facts(trades), quotes: facts(quotes), deltas: facts(deltas) }
}

it('a refused event leaves no trace, and a restored validator continues identically', () => {
  const event = fc.oneof(
    fc
      .record({
        tradeId: fc.integer({ min: 1, max: 30 }),
        price: fc.constantFrom(100, 101, 0, NaN),
        size: fc.constantFrom(1, 0),
      })
      .map(aTrade),
    fc
      .record({
        updateId: fc.integer({ min: 1, max: 30 }),
        bid: fc.constantFrom(99, 102),
        ask: fc.constantFrom(101, 100),
      })
      .map(aQuote),
    fc.record({ lastUpdateId: fc.integer({ min: 1, max: 30 }) }).map(aBookDelta),
    fc.record({ openTimeUs: fc.integer({ min: 1, max: 5 }), closed: fc.boolean() }).map(aBar),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const all = aValidator()
      const onlyGood = aValidator()
      let restored = aValidator()
      for (const each of events) {
        const clock = createClockOffset()
        restored = createEventValidator({ clock }, JSON.parse(JSON.stringify(restored.snapshot())))
        const refusal = all.validate(each)
        expect(restored.validate(each)).toEqual(refusal)
        // Five refused ids in a row are believed: from there on the two have seen different events.
        if (!refusal && onlyGood.validate(each)?.code === 'out_of_order') return
        expect(withoutDoubts(all.snapshot())).toEqual(withoutDoubts(onlyGood.snapshot()))
      }
    }),
  )
})

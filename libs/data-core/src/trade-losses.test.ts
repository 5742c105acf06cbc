import type { Bar, MarketEvent } from '@triplane/contracts'
import { testStartUs } from '@triplane/testing'
import { brief, message, SECOND, Tape } from '../test/tape.ts'

/** A market of one trade a second from a whole minute on, fed by ids. */
class Market {
  readonly tape = new Tape().open()
  readonly startUs = Math.ceil(testStartUs / (60 * SECOND) + 1) * 60 * SECOND

  /** Feeds the trade `id`, `second` seconds after the start of a minute, in the form that `write` gives it. */
  trade(second: number, id: number, write: (text: string) => string = (text) => text): readonly MarketEvent[] {
    const atUs = this.startUs + second * SECOND
    return this.tape.frame(write(message.trade(atUs, id)), atUs)
  }

  /** The newest of each closed minute: whether it is incomplete. */
  get minutes(): readonly boolean[] {
    const bars = this.tape.outputs.filter((event): event is Bar => event.type === 'bar' && event.timeframe === '1m')
    const newest = new Map(bars.map((bar) => [bar.openTimeUs, bar.incomplete === true]))
    return [...newest].flatMap(([openTimeUs, incomplete]) => (openTimeUs < this.startUs ? [] : [incomplete]))
  }

  get gaps(): readonly (readonly [string | undefined, number | undefined])[] {
    return this.tape.outputs.flatMap((event) =>
      event.type === 'marketStatus' && event.status === 'gap' ? [[event.reason, event.missing] as const] : [],
    )
  }
}

const asAggregate = (id: number, first: number, last: number) => (text: string) => {
  const { X: _, t: __, ...trade } = JSON.parse(text) as Record<string, unknown>
  return JSON.stringify({ ...trade, e: 'aggTrade', a: id, f: first, l: last })
}
const withField = (fields: object) => (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), ...fields })

describe('trades that are missing', () => {
  it('are a gap with their number, and mark the minutes that they may be of', () => {
    const market = new Market()
    for (const [second, id] of [
      [1, 3],
      [61, 4],
      [110, 5],
      [115, 505],
      [121, 506],
      [181, 507],
    ] as const)
      // prettier-ignore
      market.trade(second, id)
    expect(market.gaps).toEqual([['trade_id', 499]])
    expect(market.minutes).toEqual([false, true, false])
    expect(market.tape.core.gaps).toMatchObject({ count: 1, missing: 499 })
    expect(market.tape.core.lanes[0]?.bars.forming('1d')).toMatchObject({ incomplete: true })
  })

  it('are none where off-book trades have the ids', () => {
    const market = new Market()
    market.trade(1, 3)
    for (const id of [4, 5]) market.trade(2, id, withField({ X: 'INSURANCE_FUND' }))
    market.trade(3, 6)
    market.trade(61, 7)
    expect([market.gaps, market.minutes]).toEqual([[], [false]])
  })

  it.each<{ name: string; write: (text: string) => string; code: string }>([
    { name: 'its price', write: withField({ p: '0.0' }), code: 'bad_price' },
    { name: 'its size', write: withField({ q: '0.000' }), code: 'bad_size' },
    { name: 'an outlier', write: withField({ p: '900.0' }), code: 'price_band' },
    { name: 'a field', write: withField({ p: 'ten' }), code: 'bad_field' },
  ])('mark their minute when one is refused for $name, unless the same trade comes again', ({ write, code }) => {
    const market = new Market()
    market.trade(1, 3)
    expect(brief(market.trade(65, 4, write))).toContain(`deadLetter ${code}`)
    for (const [second, id] of [[66, 5], [121, 6]] as const) market.trade(second, id) // prettier-ignore
    market.trade(130, 7, write)
    for (const [second, id] of [[130, 7], [181, 8]] as const) market.trade(second, id) // prettier-ignore
    expect(market.gaps).toEqual([])
    const [, second, third] = market.minutes
    expect([second, third]).toEqual([true, false])
  })

  it('are those of a disconnect, and counted when the ids go on', () => {
    const market = new Market()
    for (const [second, id] of [[1, 3], [61, 4]] as const) market.trade(second, id) // prettier-ignore
    const atUs = market.startUs + 70 * SECOND
    const origin = { source: 'sim', venue: 'sim' }
    market.tape.feed({ type: 'disconnect', origin, tsRecvUs: atUs, reason: 'x' })
    market.tape.feed({ type: 'connect', origin, tsRecvUs: atUs + SECOND })
    for (const [second, id] of [[75, 14], [121, 15], [181, 16]] as const) market.trade(second, id) // prettier-ignore
    expect(market.gaps).toEqual([['trade_id', 9]])
    expect(market.minutes).toEqual([false, true, false])
  })
})

describe('aggregates', () => {
  it('are contiguous by the trades that they stand for, and known by them; after a disconnect they may be used', () => {
    const market = new Market()
    const origin = { source: 'sim', venue: 'sim' }
    market.tape.feed({ type: 'disconnect', origin, tsRecvUs: market.startUs, reason: 'x' })
    market.tape.feed({ type: 'connect', origin, tsRecvUs: market.startUs })
    const said = [
      market.trade(1, 0, asAggregate(9, 3, 5)),
      market.trade(2, 0, asAggregate(9, 6, 6)),
      market.trade(3, 0, asAggregate(10, 6, 6)),
      market.trade(4, 0, asAggregate(11, 6, 8)),
      market.trade(5, 0, asAggregate(12, 17, 20)),
    ]
    const names = said.map((events) =>
      brief(events).filter((name) => name === 'trade' || name.startsWith('dead') || name === 'gap'),
    )
    expect(names).toEqual([
      ['trade'],
      ['trade'],
      ['deadLetter duplicate'],
      ['deadLetter out_of_order'],
      ['gap', 'trade'],
    ])
    // Of 9 to 16 nothing came; 7 and 8 came with what was refused.
    expect(market.gaps).toEqual([['trade_id', 8]])
  })

  it('are ignored beside trades, said once', () => {
    const market = new Market()
    market.trade(1, 3)
    const ignored = [market.trade(1, 0, asAggregate(9, 3, 3)), market.trade(2, 0, asAggregate(10, 4, 5))]
    expect(brief(ignored[0] ?? [])).toEqual(['trade_stream_ignored'])
    expect(ignored[0]?.[0]).toMatchObject({ instrument: 'BTC/USDT@sim', reason: 'aggTrade' })
    expect(brief(ignored[1] ?? []).filter((name) => name !== 'stale' && name !== 'fresh')).toEqual([])
    market.trade(2, 4)
    expect([market.tape.core.ignored, market.gaps]).toEqual([2, []])
    expect(market.tape.core.lanes[0]?.bars.forming('1m')?.trades).toBe(2)
  })
})

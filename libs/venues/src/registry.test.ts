import type { Instrument } from '@triplane/contracts'
import { frameRefusalsOf } from '@triplane/market-data'
import { aBookDelta } from '@triplane/testing'
import fc from 'fast-check'
import { recordedVenues, unsupportedVenue } from './captures.ts'
import { InstrumentTable } from './instrument-table.ts'
import { exchanges, venueById, venues } from './registry.ts'

const known: ReadonlySet<string> = new Set(Object.values(frameRefusalsOf).flat())

function tableOf(venue: string): InstrumentTable {
  const btc: Instrument = {
    ...{ symbol: 'BTC/USDT', venue, exchange: venue, venueSymbol: 'BTCUSDT', kind: 'spot', base: 'BTC', quote: 'USDT' },
    ...{ tickSize: '0.01', lotSize: '0.001', minNotional: '5', session: '24x7' },
  }
  return new InstrumentTable([btc])
}

/** Objects with the keys of messages, and any JSON below them. */
const message = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom(...'esETtpqmUubBaAfklX', 'pu', 'stream', 'data', 'lastUpdateId'), fc.jsonValue()),
)

it('names each exchange and each venue once', () => {
  expect(new Set(exchanges.map(({ name }) => name)).size).toBe(exchanges.length)
  expect(new Set(venues.map(({ id }) => id)).size).toBe(venues.length)
  for (const venue of venues) expect(venueById(venue.id)).toBe(venue)
})

it('supports no venue that it lists as unsupported', () => {
  for (const id of recordedVenues) expect(unsupportedVenue(id)).toBeUndefined()
  for (const { captures } of exchanges)
    for (const [id, called] of Object.entries(captures?.unsupported ?? {})) expect(unsupportedVenue(id)).toBe(called)
})

it('gives no hint for names that every object has', () => {
  expect(unsupportedVenue('constructor')).toBeUndefined()
})

describe.each(exchanges)('$name', ({ captures }) => {
  it('accepts any JSON for a hint, and any URL', () => {
    fc.assert(
      fc.property(message, fc.webUrl(), (json, url) => {
        const hint = captures?.inspect(json) ?? {}
        for (const id of [hint.venue, captures?.venueOfUrl(new URL(url))])
          if (id !== undefined && unsupportedVenue(id) === undefined) expect(recordedVenues).toContain(id)
      }),
    )
  })
})

describe.each(venues)('$id', ({ id, map, fast, fees, bookRule }) => {
  const instruments = tableOf(id)
  const origin = { source: 'capture', venue: id, snapshotSymbol: 'BTCUSDT' }

  it('reads any JSON as its own events, or refuses it with known codes', () => {
    fc.assert(
      fc.property(message, (json) => {
        for (const read of map({ json, origin, tsRecvUs: 1, instruments })) {
          if (read.ok)
            expect(read.value).toMatchObject({ source: 'capture', instrument: `BTC/USDT@${id}`, tsRecvUs: 1 })
          else expect(known).toContain(read.error.code)
        }
      }),
    )
  })

  it('leaves unknown layouts to the mapper', () => {
    const reader = fast?.(instruments)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const frame = { type: 'frame', origin, bytes, start: 0, end: bytes.length, tsRecvUs: 1 } as const
        expect(reader?.scan(frame, 1)).toBeUndefined()
      }),
    )
  })

  it('charges takers at least as much as makers, and knows whether deltas follow', () => {
    expect(fees.takerBps).toBeGreaterThanOrEqual(fees.makerBps)
    if (bookRule.kind === 'checksum')
      expect(bookRule.checksum([], [])).not.toBe(bookRule.checksum(['1', '2'], ['3', '4']))
    if (bookRule.kind !== 'ids') return
    const delta = { ...aBookDelta(), firstUpdateId: 11, lastUpdateId: 12, prevUpdateId: 10 }
    expect(bookRule.follows(delta, 10)).toBe(true)
    expect(bookRule.missing(delta, 10)).toBe(0)
    expect(bookRule.follows(delta, 8)).toBe(false)
  })
})

const spoken = venues.flatMap(({ id, live }) => (live ? [{ id, live }] : []))

describe.each(spoken)('$id, live', ({ live }) => {
  it('accepts any message as one of its streams or not, and knows its limits', () => {
    const { limits } = live
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(typeof live.isGoodbye(bytes)).toBe('boolean')
        expect(['string', 'undefined']).toContain(typeof live.bookStreamOf(bytes))
      }),
    )
    for (const asked of [live.snapshot(live.restUrl, 'BTCUSDT'), live.instrumentList(live.restUrl, ['BTCUSDT'])]) {
      if ('messages' in asked) continue
      expect(asked.weight).toBeLessThan(limits.weightPerMinute)
      expect(URL.canParse(asked.url)).toBe(true)
    }
    expect(URL.canParse(live.streamsUrl(live.wsUrl, ['BTCUSDT']))).toBe(true)
    expect(limits.refusalWaitMs(429, '7')).toBe(7_000)
    expect(limits.refusalWaitMs(200, undefined)).toBeUndefined()
  })
})

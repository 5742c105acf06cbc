import { encodeLine, isEvent } from '@triplane/contracts'
import { createBookKeeper, type NormalizedEvent } from '@triplane/market-data'
import { aFrame, aKrakenInstrument, kraken, messages } from '../../test/kraken-frames.ts'
import { createNormalizer } from '../normalizer.ts'
import { venueById } from '../registry.ts'

const NOW_US = 1_618_678_141_000_000
const CHECKSUM_OF_DELTA = 1173101080
const CHECKSUM_OF_TWO_SIDES = 22334369

const normalizer = createNormalizer([aKrakenInstrument('XBT/USD')])
const read = (text: string) => normalizer.read(aFrame(text), NOW_US)
const eventsOf = (text: string) => read(text).map((one) => (one.ok ? one.value : one.error.code))
const base = { seq: 0, source: 'capture', instrument: 'BTC/USD@kraken', tsRecvUs: NOW_US }
const delta = messages.delta.replace('CHECKSUM', String(CHECKSUM_OF_DELTA))
const twoSides = messages.twoSides.replace('CHECKSUM', String(CHECKSUM_OF_TWO_SIDES))

describe('a message of Kraken', () => {
  it('reads every trade of a message, the aggressor by its side', () => {
    expect(eventsOf(messages.trades)).toEqual([
      { type: 'trade', ...base, tsEventUs: 1_618_678_140_123_456, price: 55101.1, size: 0.015, aggressor: 'buy' },
      { type: 'trade', ...base, tsEventUs: 1_618_678_140_123_457, price: 55101.2, size: 0.5, aggressor: 'buy' },
      { type: 'trade', ...base, tsEventUs: 1_618_678_140_200_000, price: 55100, size: 0.001, aggressor: 'sell' },
    ])
  })

  it('refuses a bad trade, and accepts the others of its message', () => {
    const text = messages.trades.replace('"0.50000000"', '"much"')
    expect(read(text).map((one) => one.ok || one.error)).toEqual([
      true,
      {
        code: 'bad_field',
        detail: 'Expected volume to be a decimal string, was "much"',
        instrument: 'BTC/USD@kraken',
        eventType: 'trade',
      },
      true,
    ])
  })

  it('reads a spread as a quote', () => {
    expect(eventsOf(messages.spread)).toEqual([
      {
        ...{ type: 'quote', ...base, tsEventUs: 1_618_678_140_300_000 },
        ...{ bid: 55100, bidSize: 1.5, ask: 55101.1, askSize: 0.025 },
      },
    ])
  })

  it('reads a snapshot, with its levels as sent and the depth of its channel; its time is that of the newest level', () => {
    expect(eventsOf(messages.snapshot)).toEqual([
      {
        ...{ type: 'bookSnapshot', ...base, tsEventUs: 1_618_678_139_600_000 },
        ...{ bids: [55100, 2, 55099.9, 0.75], asks: [55101.1, 0.5, 55102, 1.25] },
        proof: {
          depth: 10,
          bids: ['55100.00000', '2.00000000', '55099.90000', '0.75000000'],
          asks: ['55101.10000', '0.50000000', '55102.00000', '1.25000000'],
        },
      },
    ])
  })

  it('reads both sides of a delta, and levels sent again, as one', () => {
    expect(eventsOf(twoSides)).toEqual([
      {
        ...{ type: 'bookDelta', ...base, tsEventUs: 1_618_678_140_300_000 },
        ...{ bids: [55099.9, 0], asks: [55101.1, 0.025, 55103, 4] },
        proof: {
          ...{ depth: 10, checksum: CHECKSUM_OF_TWO_SIDES },
          bids: ['55099.90000', '0.00000000'],
          asks: ['55101.10000', '0.02500000', '55103.00000', '4.00000000'],
        },
      },
    ])
  })

  it.each(['status', 'subscribed', 'heartbeat', 'pong', 'ticker'] as const)('%s is not used', (kind) => {
    expect(read(messages[kind])).toEqual([])
  })

  it.each<{ name: string; text: string; want: string }>([
    { name: 'a negative answer', text: messages.refused, want: 'unknown_message' },
    { name: 'an unknown event', text: '{"event":"party"}', want: 'unknown_message' },
    {
      name: 'an unknown channel',
      text: messages.spread.replace('"spread"', '"party"'),
      want: 'unknown_message',
    },
    { name: 'a number', text: '42', want: 'unknown_message' },
    { name: 'a short array', text: '[336,"book-10","XBT/USD"]', want: 'unknown_message' },
    {
      name: 'a book without the number of levels in its depth',
      text: delta.replace('book-10', 'book-0'),
      want: 'unknown_message',
    },
    {
      name: 'a foreign pair',
      text: messages.trades.replace('XBT/USD', 'ETH/USD'),
      want: 'unknown_instrument',
    },
    { name: 'a pair that is a number', text: messages.trades.replace('"XBT/USD"', '7'), want: 'unknown_instrument' },
    { name: 'trades that are not a list', text: '[337,{},"trade","XBT/USD"]', want: 'bad_field' },
    { name: 'a spread without a size', text: messages.spread.replace(',"0.02500000"', ''), want: 'missing_field' },
    { name: 'a text for a book', text: '[336,"a","book-10","XBT/USD"]', want: 'bad_field' },
    { name: 'a delta without levels', text: '[336,{"c":"1"},"book-10","XBT/USD"]', want: 'bad_field' },
    {
      name: 'a delta without a checksum',
      text: delta.replace(`,"c":"${CHECKSUM_OF_DELTA}"`, ''),
      want: 'missing_field',
    },
    { name: 'a checksum that is a number', text: messages.delta.replace('"CHECKSUM"', '7'), want: 'bad_field' },
    { name: 'a one-sided snapshot', text: messages.snapshot.replace('"as"', '"ax"'), want: 'bad_field' },
    { name: 'a level of numbers', text: delta.replace('"55100.00000"', '55100'), want: 'bad_field' },
    { name: 'a level without a time', text: delta.replace(',"1618678140.100000"', ''), want: 'missing_field' },
    { name: 'a level with a negative time', text: delta.replace('"1618678140.', '"-1618678140.'), want: 'bad_field' },
  ])('refuses $name', ({ text, want }) => {
    const [one, ...others] = read(text)
    expect([one?.ok === false && one.error.code, others]).toEqual([want, []])
    if (one?.ok === false) expect(one.error.detail).toMatch(/^Expected .*was .*$/)
  })

  it('gives events that are valid on the wire, except for their proof', () => {
    for (const event of [messages.trades, messages.spread, messages.snapshot, delta, twoSides].flatMap(eventsOf)) {
      const { proof: _, ...sent } = event as NormalizedEvent & { proof?: unknown }
      expect(isEvent(sent)).toBe(true)
      expect(encodeLine(sent as NormalizedEvent)).toContain('"instrument":"BTC/USD@kraken"')
    }
  })

  it('keeps a book that its checksums prove', () => {
    const rule = venueById('kraken')?.bookRule
    if (rule === undefined) throw new Error('Expected a venue')
    const keeper = createBookKeeper({ rule, tickSize: '0.1', source: 'capture', instrument: 'BTC/USD@kraken' })
    const said: string[] = []
    for (const one of [messages.snapshot, delta, twoSides].flatMap(read)) {
      if (one.ok && one.value.type === 'bookSnapshot') keeper.onSnapshot(one.value, ({ type }) => said.push(type))
      if (one.ok && one.value.type === 'bookDelta') keeper.onDelta(one.value, ({ type }) => said.push(type))
    }
    expect(said).toEqual(['bookSnapshot', 'marketStatus', 'bookDelta', 'bookDelta'])
    expect(keeper.book.snapshot()).toEqual({ bids: [55100, 1.5], asks: [55101.1, 0.025, 55102, 1.25, 55103, 4] })
  })

  it('is a frame of its venue', () => {
    expect(aFrame(messages.heartbeat).origin).toBe(kraken)
  })
})

import { encodeLine, isEvent } from '@triplane/contracts'
import { createBookKeeper, type NormalizedEvent } from '@triplane/market-data'
import { aFrame, aKrakenInstrument } from '../../test/kraken-frames.ts'
import { aBookMessage, asks, bids, v2Messages as messages } from '../../test/kraken-v2-frames.ts'
import { createNormalizer } from '../normalizer.ts'
import { bookChecksum } from './book-checksum.ts'
import { kraken } from './kraken.ts'

const NOW_US = 1_723_127_401_000_000
const AT_US = 1_723_127_400_123_456
const normalizer = createNormalizer(['XBT/USD', 'XDG/USD', 'ETH/USD'].map(aKrakenInstrument))
const read = (text: string) => normalizer.read(aFrame(text), NOW_US)
const eventsOf = (text: string) => read(text).map((one) => (one.ok ? one.value : one.error.code))
const base = { seq: 0, source: 'capture', instrument: 'BTC/USD@kraken', tsRecvUs: NOW_US }
const [rule] = kraken.venues.map(({ bookRule }) => bookRule)

/** The statuses of the pair's book keeper for messages. */
function keep(...texts: readonly string[]) {
  if (rule === undefined) throw new Error('Expected a venue')
  const keeper = createBookKeeper({ rule, tickSize: '0.1', source: 'capture', instrument: 'BTC/USD@kraken' })
  const said: string[] = []
  const emit: Parameters<typeof keeper.onDelta>[1] = (event) =>
    void said.push(event.type === 'marketStatus' ? [event.status, event.reason].filter(Boolean).join(' ') : event.type)
  for (const one of texts.flatMap(read)) {
    if (one.ok && one.value.type === 'bookSnapshot') keeper.onSnapshot(one.value, emit)
    if (one.ok && one.value.type === 'bookDelta') keeper.onDelta(one.value, emit)
  }
  return { said, keeper }
}

describe('a message of the protocol v2 of Kraken', () => {
  it('reads every trade of a message with its id and its microseconds; a bad one is refused, and does not count as missing', () => {
    expect(eventsOf(messages.trades)).toEqual([
      {
        ...{ type: 'trade', ...base, tsEventUs: AT_US, tradeId: 70_120_001 },
        ...{ price: 55101.1, size: 0.015, aggressor: 'buy' },
      },
      'bad_field',
      {
        ...{ type: 'trade', ...base, tsEventUs: 1_723_127_400_000_000, tradeId: 70_120_003 },
        ...{ price: 55100, size: 0.001, aggressor: 'sell' },
      },
    ])
    const [, refused] = read(messages.trades)
    expect(refused).toMatchObject({ ok: false, error: { tradeId: 70_120_002, eventType: 'trade' } })
  })

  it('reads the best of both sides as a quote', () => {
    expect(eventsOf(messages.ticker)).toEqual([
      {
        ...{ type: 'quote', ...base, tsEventUs: AT_US },
        ...{ bid: 55100, bidSize: 2, ask: 55101.1, askSize: 0.5 },
      },
    ])
  })

  it('reads a snapshot with its levels as sent, its checksum, and the depth inferred from them', () => {
    expect(eventsOf(messages.snapshot)).toEqual([
      {
        ...{ type: 'bookSnapshot', ...base, tsEventUs: AT_US, bids: bids.map(Number), asks: asks.map(Number) },
        proof: { bids, asks, checksum: bookChecksum(bids, asks), depth: 25 },
      },
    ])
  })

  it('reads an update with its levels as sent and its checksum', () => {
    expect(eventsOf(messages.update)).toEqual([
      {
        ...{ type: 'bookDelta', ...base, tsEventUs: AT_US, bids: [55099.9, 0], asks: [55101.1, 0.25] },
        proof: {
          ...{ bids: ['55099.9', '0.00000000'], asks: ['55101.1', '0.25000000'] },
          checksum: bookChecksum(bids.slice(0, 2), ['55101.1', '0.25000000', ...asks.slice(2)]),
        },
      },
    ])
  })

  it.each([
    { levels: 3, depth: 25 },
    { levels: 10, depth: 10 },
    { levels: 25, depth: 25 },
    { levels: 26, depth: 100 },
    { levels: 100, depth: 100 },
    { levels: 1000, depth: 1000 },
    { levels: 1001, depth: 1001 },
  ])('accepts $levels levels for a subscription to $depth', ({ levels, depth }) => {
    const side = Array.from({ length: levels }, (_, i) => [`${5000 - i}.0`, '1.0']).flat()
    expect(eventsOf(aBookMessage('snapshot', { bids: side }, 1))).toMatchObject([{ proof: { depth } }])
  })

  it('recognises a pair by its name in either protocol', () => {
    const of = (symbol: string) => eventsOf(aBookMessage('snapshot', {}, 0, symbol))
    expect(['DOGE/USD', 'XBT/USD', 'ETH/USD'].flatMap(of)).toMatchObject([
      { instrument: 'XDG/USD@kraken' },
      { instrument: 'BTC/USD@kraken' },
      { instrument: 'ETH/USD@kraken' },
    ])
  })

  it.each(['status', 'subscribed', 'unsubscribed', 'heartbeat', 'pong', 'timelessTicker'] as const)(
    'treats %s as control, without market data',
    (kind) => expect(read(messages[kind])).toEqual([]),
  )

  it.each<{ name: string; text: string; want: string }>([
    { name: 'a negative answer', text: messages.refused, want: 'unknown_message' },
    { name: 'a request that came too soon', text: messages.tooFast, want: 'unknown_message' },
    { name: 'an answer to an unknown request', text: '{"method":"party","success":true}', want: 'unknown_message' },
    { name: 'an unknown channel', text: '{"channel":"party","data":[]}', want: 'unknown_message' },
    { name: 'a foreign pair', text: messages.update.replace('BTC', 'ADA'), want: 'unknown_instrument' },
    {
      name: 'an entry that is not an object',
      text: '{"channel":"trade","type":"update","data":[7]}',
      want: 'unknown_instrument',
    },
    { name: 'data that are not a list', text: '{"channel":"book","type":"update","data":{}}', want: 'bad_field' },
    { name: 'an unknown type', text: messages.update.replace('"update"', '"both"'), want: 'bad_field' },
    {
      name: 'levels that are not a list',
      text: messages.update.replace(/"bids":\[[^\]]*\]/, '"bids":{}'),
      want: 'bad_field',
    },
    { name: 'a one-sided book', text: messages.update.replace('"asks"', '"ax"'), want: 'bad_field' },
    { name: 'a level without a quantity', text: messages.update.replace('"qty"', '"size"'), want: 'missing_field' },
    { name: 'a quantity with an exponent', text: messages.update.replace('0.25000000', '2.5e-1'), want: 'bad_field' },
    { name: 'a quote without a size', text: messages.ticker.replace('"bid_qty"', '"bid_size"'), want: 'missing_field' },
    { name: 'a checksum below 0', text: aBookMessage('update', {}, -1), want: 'bad_field' },
    { name: 'a checksum that is a fraction', text: aBookMessage('update', {}, '1.5'), want: 'bad_field' },
    { name: 'an update without a time', text: messages.update.replace('"timestamp"', '"time"'), want: 'missing_field' },
    { name: 'an impossible day', text: messages.update.replace('-08-08T', '-02-30T'), want: 'bad_field' },
    {
      name: 'an id too large for a number',
      text: messages.trade.replace('70120004', '9'.repeat(17)),
      want: 'bad_field',
    },
    { name: 'an unknown side', text: messages.trade.replace('"buy"', '"both"'), want: 'bad_field' },
  ])('refuses $name', ({ text, want }) => {
    const [one, ...others] = read(text)
    expect([one?.ok === false && one.error.code, others]).toEqual([want, []])
    if (one?.ok === false) expect(one.error.detail).toMatch(/^Expected .*was .*$/)
  })

  it('gives events that are valid on the wire, except for their proof', () => {
    for (const event of [messages.trades, messages.ticker, messages.snapshot, messages.update].flatMap(eventsOf)) {
      if (typeof event === 'string') continue
      const { proof: _, ...sent } = event as NormalizedEvent & { proof?: unknown }
      expect(isEvent(sent)).toBe(true)
      expect(encodeLine(sent as NormalizedEvent)).toContain('"instrument":"BTC/USD@kraken"')
    }
  })

  it('keeps a book that its checksums prove, and loses it at a mismatch, until the next snapshot', () => {
    const { said, keeper } = keep(messages.snapshot, messages.update)
    expect(said).toEqual(['bookSnapshot', 'book_valid', 'bookDelta'])
    expect(keeper.book.snapshot()).toEqual({ bids: [55100, 2], asks: [55101.1, 0.25, 55102, 1.25] })
    const spoilt = messages.update.replace('0.25000000', '0.2500000')
    expect(keep(messages.snapshot, spoilt, messages.update, messages.snapshot, messages.update).said).toEqual([
      ...['bookSnapshot', 'book_valid', 'gap checksum', 'book_invalid checksum'],
      ...['bookSnapshot', 'book_valid', 'bookDelta'],
    ])
  })

  it('proves the example snapshot of the documentation', () => {
    // docs.kraken.com, "Book checksum (WebSocket v2)".
    const sides = {
      bids: [
        ...['45283.5', '0.10000000', '45283.4', '1.54582015', '45282.1', '0.10000000', '45281.0', '0.10000000'],
        ...['45280.3', '1.54592586', '45279.0', '0.07990000', '45277.6', '0.03310103', '45277.5', '0.30000000'],
        ...['45277.3', '1.54602737', '45276.6', '0.15445238'],
      ],
      asks: [
        ...['45285.2', '0.00100000', '45286.4', '1.54571953', '45286.6', '1.54571109', '45289.6', '1.54560911'],
        ...['45290.2', '0.15890660', '45291.8', '1.54553491', '45294.7', '0.04454749', '45296.1', '0.35380000'],
        ...['45297.5', '0.09945542', '45299.5', '0.18772827'],
      ],
    }
    expect(keep(aBookMessage('snapshot', sides, 3310070434)).said).toEqual(['bookSnapshot', 'book_valid'])
    expect(keep(aBookMessage('snapshot', sides, 3310070435)).said).toEqual(['book_invalid checksum'])
  })

  it('drops levels that fall out of the depth of the subscription', () => {
    const side = Array.from({ length: 10 }, (_, i) => [`${100 - i}.0`, '1.0']).flat()
    const better = ['100.5', '2.0']
    const best = [...better, ...side.slice(0, 18)]
    const texts = [
      aBookMessage('snapshot', { bids: side }, bookChecksum(side, [])),
      aBookMessage('update', { bids: better }, bookChecksum(best, [])),
      // The venue shows the next level again, and means it: a book that had kept the old level would have eleven.
      aBookMessage(
        'update',
        { bids: ['100.5', '0.0', '91.0', '3.0'] },
        bookChecksum([...side.slice(0, 18), '91.0', '3.0'], []),
      ),
    ]
    const { said, keeper } = keep(...texts)
    expect(said).toEqual(['bookSnapshot', 'book_valid', 'bookDelta', 'bookDelta'])
    expect(keeper.book.snapshot().bids.slice(-2)).toEqual([91, 3])
  })
})

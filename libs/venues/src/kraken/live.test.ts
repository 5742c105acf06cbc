import { messages as v1 } from '../../test/kraken-frames.ts'
import { v2Messages as messages } from '../../test/kraken-v2-frames.ts'
import { krakenLive } from './live.ts'

const bytes = (text: string) => Buffer.from(text)

describe('the live protocol of Kraken', () => {
  it('subscribes to the trades, the best quotes and the book of every pair, by its name in v2, in messages of at most 50', () => {
    expect(krakenLive.subscribe(['XBT/USD', 'XDG/USD']).map((text) => JSON.parse(text) as unknown)).toEqual([
      { method: 'subscribe', params: { channel: 'trade', symbol: ['BTC/USD', 'DOGE/USD'], snapshot: false } },
      {
        method: 'subscribe',
        params: { channel: 'ticker', symbol: ['BTC/USD', 'DOGE/USD'], event_trigger: 'bbo', snapshot: false },
      },
      { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD', 'DOGE/USD'], depth: 25 } },
    ])
    const many = Array.from({ length: 101 }, (_, i) => `A${i}/USD`)
    const sent = krakenLive.subscribe(many).map((text) => JSON.parse(text) as { params: { symbol: string[] } })
    expect(sent.map(({ params }) => params.symbol.length)).toEqual([50, 50, 50, 50, 50, 50, 1, 1, 1])
    expect(new Set(sent.flatMap(({ params }) => params.symbol))).toEqual(new Set(many))
  })

  it('subscribes to the books only of instruments with a book', () => {
    const sent = (withBook: string[]) =>
      krakenLive
        .subscribe(['XBT/USD', 'XDG/USD'], withBook)
        .map((text) => (JSON.parse(text) as { params: { channel: string; symbol: string[] } }).params)
        .map(({ channel, symbol }) => [channel, ...symbol])
    const both = [
      ['trade', 'BTC/USD', 'DOGE/USD'],
      ['ticker', 'BTC/USD', 'DOGE/USD'],
    ]
    expect(sent(['XDG/USD'])).toEqual([...both, ['book', 'DOGE/USD']])
    expect(sent([])).toEqual(both)
  })

  it('requests a fresh snapshot by leaving the book and resubscribing to it', () => {
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 25 }
    expect(krakenLive.snapshot('', 'XBT/USD').messages.map((text) => JSON.parse(text) as unknown)).toEqual([
      { method: 'unsubscribe', params },
      { method: 'subscribe', params },
    ])
  })

  it('requests the pairs of the run by their names in REST', () => {
    expect(krakenLive.instrumentList('http://127.0.0.1:1/', ['XBT/USD', 'DOGE/USD']).url).toBe(
      'http://127.0.0.1:1/0/public/AssetPairs?pair=XBTUSD,XDGUSD',
    )
    expect(krakenLive.streamsUrl(krakenLive.wsUrl)).toBe('wss://ws.kraken.com/v2')
  })

  it.each<{ name: string; text: string; want: string | undefined }>([
    { name: 'a snapshot', text: messages.snapshot, want: 'BTC/USD' },
    { name: 'a snapshot whose type comes last', text: typeLast(messages.snapshot), want: 'BTC/USD' },
    { name: 'an update', text: messages.update, want: undefined },
    { name: 'a snapshot of trades', text: messages.trades.replace('"update"', '"snapshot"'), want: undefined },
    { name: 'the answer to a subscription', text: messages.subscribed, want: undefined },
    { name: 'a truncated message', text: messages.snapshot.slice(0, -1), want: undefined },
    { name: 'an empty snapshot', text: '{"channel":"book","type":"snapshot","data":[]}', want: undefined },
    { name: 'a snapshot without a pair', text: '{"channel":"book","type":"snapshot","data":[{}]}', want: undefined },
  ])('a book begins with $name: $want', ({ text, want }) => {
    expect(krakenLive.bookStreamOf(bytes(text))).toBe(want)
  })

  it.each<{ name: string; text: string; want: object | undefined }>([
    {
      name: 'an unknown pair',
      text: messages.refused,
      want: { stream: 'NO/SUCH', detail: 'Currency pair not supported NO/SUCH' },
    },
    { name: 'no pair', text: messages.refusedDepth, want: { detail: 'Subscription depth not supported' } },
    { name: 'no reason', text: '{"method":"subscribe","success":false}', want: { detail: 'no reason' } },
    { name: 'an unsubscribed book', text: messages.refused.replace('"subscribe"', '"unsubscribe"'), want: undefined },
    { name: 'an empty message', text: messages.subscribed, want: undefined },
    { name: 'a message of v1', text: v1.refused, want: undefined },
    { name: 'a message of a channel', text: messages.trades, want: undefined },
    { name: 'text that is not JSON', text: '{"method":', want: undefined },
    { name: 'an array', text: '[7]', want: undefined },
  ])('a subscription is refused by $name: $want', ({ text, want }) => {
    expect(krakenLive.refusalOf(bytes(text))).toEqual(want)
  })

  it('waits for ten minutes when it is refused without a time', () => {
    const { refusalWaitMs } = krakenLive.limits
    expect([429, 403].map((status) => refusalWaitMs(status, undefined))).toEqual([600_000, 600_000])
    expect([refusalWaitMs(429, '5'), refusalWaitMs(503, '5')]).toEqual([5_000, undefined])
  })
})

function typeLast(text: string): string {
  const { type, ...rest } = JSON.parse(text) as Record<string, unknown>
  return JSON.stringify({ ...rest, type })
}

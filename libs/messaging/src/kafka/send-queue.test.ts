import { topics, type Topic } from '@triplane/contracts'
import { aKillSwitch, aTrade } from '@triplane/testing'
import { SendQueue, type Destination, type Sending } from './send-queue.ts'

const to = (topic: Topic, partitions = 1): Destination => {
  return { topic, name: topic.name, partitions, open: new Map(), produced: 0, buffered: 0, errors: 0 }
}
const trades = (from: number, count: number) => Array.from({ length: count }, (_, i) => aTrade({ seq: from + i }))
const queue = () => new SendQueue('data-plane', 'run')

/** The sequences in each record of a request, and `mark` for one. */
const seqsOf = ({ records }: Sending) =>
  records.map(({ json, watermark }) =>
    watermark ? 'mark' : (JSON.parse(`[${json}]`) as { readonly seq: number }[]).map(({ seq }) => seq),
  )

describe('SendQueue', () => {
  it('joins the events of one key of a batched topic, and keeps those of another topic apart', () => {
    const [market, switches] = [to(topics.trades), to(topics.killSwitch)]
    const waiting = queue()
    waiting.add(market, 'BTC', trades(1, 2), 10)
    expect(waiting.isUrgent).toBe(false)
    waiting.add(market, 'ETH', trades(3, 1), 11)
    waiting.add(switches, 'a/pnl', [aKillSwitch({ seq: 4 })], 12)
    waiting.add(switches, 'a/pnl', [aKillSwitch({ seq: 5 })], 13)
    waiting.add(market, 'BTC', trades(6, 1), 14)
    expect([waiting.records, waiting.events, waiting.isUrgent]).toEqual([4, 6, true])
    const sending = waiting.next()
    expect(seqsOf(sending)).toEqual([[1, 2, 6], [3], [4], [5]])
    expect(sending.topicMessages.map(({ topic, messages }) => [topic, messages.length])).toEqual([
      [topics.trades.name, 2],
      [topics.killSwitch.name, 2],
    ])
    expect([waiting.records, waiting.events, waiting.bytes, waiting.isUrgent]).toEqual([0, 0, 0, false])
  })

  it('joins nothing to a record that has left, nor across a mark or to another trace', () => {
    const market = to(topics.trades, 2)
    const waiting = queue()
    waiting.add(market, 'BTC', trades(1, 1), 10)
    expect(seqsOf(waiting.next())).toEqual([[1]])
    waiting.add(market, 'BTC', trades(2, 1), 11)
    waiting.add(market, 'BTC', trades(3, 1), 12, { traceparent: '00-a-b-01' })
    waiting.add(market, 'BTC', trades(4, 1), 13, { traceparent: '00-a-b-01' })
    waiting.mark(market, 14, { throughUs: 9, final: false })
    waiting.add(market, 'BTC', trades(5, 1), 15)
    expect(seqsOf(waiting.next())).toEqual([[2], [3, 4], 'mark', 'mark', [5]])
    expect(market.buffered).toBe(6)
  })

  it('fills a record up to 500 events, and a request up to 500 records, in the order in which they were opened', () => {
    const market = to(topics.trades)
    const waiting = queue()
    for (let i = 0; i < 600; i++) waiting.add(market, 'BTC', trades(i + 1, 1), 10)
    expect(waiting.next().records.map(({ events }) => events)).toEqual([500, 100])
    for (let i = 0; i < 700; i++) waiting.add(market, `key ${i}`, trades(i + 1, 1), 10)
    const requests = [waiting.next(), waiting.next(), waiting.next()]
    expect(requests.map(({ records }) => records.length)).toEqual([500, 200, 0])
    expect(requests.flatMap(seqsOf).flat()).toEqual(Array.from({ length: 700 }, (_, i) => i + 1))
  })

  it('refuses what no broker would take, and has accepted nothing of it', () => {
    const market = to(topics.trades)
    const waiting = queue()
    expect(() => waiting.add(market, 'BTC', trades(1, 1), 10, { json: 'x'.repeat(900_001) })).toThrow(
      /Expected at most 900000 bytes in a record of market.trades.v2, was 900001/,
    )
    expect([waiting.records, market.buffered, market.errors]).toEqual([0, 0, 1])
  })

  it('ends a request before its bytes are more than the broker takes at once', () => {
    const market = to(topics.trades)
    const waiting = queue()
    for (const key of ['a', 'b', 'c']) waiting.add(market, key, trades(1, 1), 10, { json: '1'.repeat(600_000) })
    expect([waiting.next(), waiting.next(), waiting.next()].map(({ records }) => records[0]?.key)).toEqual([
      'a',
      'b',
      'c',
    ])
  })
})

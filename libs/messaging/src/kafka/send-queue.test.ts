import { topics, wire, type Event, type Topic } from '@triplane/contracts'
import { aBookSnapshot, aDeadLetter, anOrderEvent, anOrderIntent, aTargetPortfolio, aTrade } from '@triplane/testing'
import { SendQueue, type Destination, type Sending } from './send-queue.ts'

const to = (topic: Topic, partitions = 1): Destination => {
  return { topic, name: topic.name, partitions, open: new Map(), produced: 0, buffered: 0, errors: 0 }
}
const trades = (from: number, count: number) => Array.from({ length: count }, (_, i) => aTrade({ seq: from + i }))
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const queue = () => new SendQueue('data-plane', 'run')

const eventsIn = (value: Buffer) => {
  const read = wire.decodeRecord(value)
  if (!read.ok) throw new Error(read.error.detail)
  return read.value
}
/** The sequences in each record of a request, by topic; `mark` for one. */
const seqsOf = ({ topicMessages }: Sending) =>
  topicMessages.flatMap(({ messages }) =>
    messages.map(({ value }) => {
      const bytes = value as Buffer
      return bytes.length === 0 ? 'mark' : eventsIn(bytes).map(({ seq }) => seq)
    }),
  )
/** A snapshot of a book that takes slightly more than `bytes`. */
const aLargeBook = (bytes: number): Event => aBookSnapshot({ bids: Array.from({ length: bytes / 8 }, (_, i) => i + 1) })

describe('SendQueue', () => {
  it('joins the events of one key of a batched topic, and keeps those of another topic apart', () => {
    const [market, orders] = [to(topics.market), to(topics.orders)]
    const waiting = queue()
    waiting.add(market, 'BTC', trades(1, 2), 10)
    waiting.add(market, 'ETH', trades(3, 1), 11)
    waiting.add(orders, 'BTC', [anOrderEvent({ seq: 4 })], 12)
    waiting.add(orders, 'BTC', [anOrderEvent({ seq: 5 })], 13)
    waiting.add(market, 'BTC', trades(6, 1), 14)
    expect([waiting.records, waiting.events]).toEqual([4, 6])
    const sending = waiting.next()
    expect(seqsOf(sending)).toEqual([[1, 2, 6], [3], [4], [5]])
    expect(sending.topicMessages.map(({ topic, messages }) => [topic, messages.length])).toEqual([
      [topics.market.name, 2],
      [topics.orders.name, 2],
    ])
    expect([waiting.records, waiting.events, waiting.bytes]).toEqual([0, 0, 0])
  })

  it('lets what is urgent leave first, alone and in its order, and nothing wait for it twice', () => {
    const [targets, intents] = [to(topics.targets), to(topics.intents)]
    const waiting = queue()
    const decide = (seq: number) => {
      waiting.add(targets, 'a', [aTargetPortfolio({ seq })], 10)
      waiting.add(intents, 'a', [anOrderIntent({ seq: seq + 1 })], 10)
    }
    decide(1)
    decide(3)
    waiting.mark(intents, 11, { throughUs: 9, final: false })
    expect([waiting.newest, waiting.oldest]).toEqual([5, 1])
    expect(seqsOf(waiting.next())).toEqual([[2], [4], 'mark'])
    expect([waiting.newest, waiting.oldest]).toEqual([5, 1])
    decide(5)
    expect(seqsOf(waiting.next())).toEqual([[1], [3], [5], [6]])
    expect(waiting.oldest).toBe(Infinity)
    decide(7)
    expect([waiting.next(), waiting.next(), waiting.next()].map(seqsOf)).toEqual([[[8]], [[7]], []])
  })

  it('does not let a flood of what is urgent hold back the rest', () => {
    const [targets, intents] = [to(topics.targets), to(topics.intents)]
    const waiting = queue()
    waiting.add(targets, 'a', [aTargetPortfolio({ seq: 1 })], 10)
    for (let seq = 2; seq <= 1200; seq++) waiting.add(intents, 'a', [anOrderIntent({ seq })], 10)
    const requests = [waiting.next(), waiting.next(), waiting.next()].map((sending) => seqsOf(sending).flat())
    expect(requests.map((seqs) => seqs.length)).toEqual([500, 500, 200])
    expect(requests.flat()).toEqual([...range(2, 501), 1, ...range(502, 1200)])
  })

  it('joins nothing to a sent record, across a mark or to another trace', () => {
    const market = to(topics.market, 2)
    const waiting = queue()
    waiting.add(market, 'BTC', trades(1, 1), 10)
    expect(seqsOf(waiting.next())).toEqual([[1]])
    waiting.add(market, 'BTC', trades(2, 1), 11)
    waiting.add(market, 'BTC', trades(3, 1), 12, '00-a-b-01')
    waiting.add(market, 'BTC', trades(4, 1), 13, '00-a-b-01')
    waiting.mark(market, 14, { throughUs: 9, final: false })
    waiting.add(market, 'BTC', trades(5, 1), 15)
    expect(seqsOf(waiting.next())).toEqual([[2], [3, 4], 'mark', 'mark', [5]])
    expect(market.buffered).toBe(6)
  })

  it('fills a record up to 500 events, and a request up to 500 records, in the order of opening', () => {
    const market = to(topics.market)
    const waiting = queue()
    for (let i = 0; i < 600; i++) waiting.add(market, 'BTC', trades(i + 1, 1), 10)
    expect(waiting.next().records.map(({ events }) => events)).toEqual([500, 100])
    for (let i = 0; i < 700; i++) waiting.add(market, `key ${i}`, trades(i + 1, 1), 10)
    const requests = [waiting.next(), waiting.next(), waiting.next()]
    expect(requests.map(({ records }) => records.length)).toEqual([500, 200, 0])
    expect(requests.flatMap(seqsOf).flat()).toEqual(Array.from({ length: 700 }, (_, i) => i + 1))
  })

  it('refuses an event too large for any broker, and accepts nothing of its batch', () => {
    const market = to(topics.market)
    const waiting = queue()
    expect(() => waiting.add(market, 'BTC', [aLargeBook(900_000)], 10)).toThrow(
      /Expected at most 900000 bytes in a record of market.events.v2, was more/,
    )
    expect([waiting.records, waiting.bytes, market.buffered, market.errors]).toEqual([0, 0, 0, 1])
  })

  it('opens another record when events do not fit into the waiting one, which stays unchanged', () => {
    const market = to(topics.market)
    const waiting = queue()
    const large = aLargeBook(500_000)
    const another = { ...large, source: 'another' } as Event
    for (const event of [aBookSnapshot(), large, another, aBookSnapshot()]) waiting.add(market, 'BTC', [event], 10)
    const values = [waiting.next(), waiting.next()].map(({ topicMessages }) => topicMessages[0]?.messages[0]?.value)
    expect(values[0]).toEqual(wire.encodeRecord([aBookSnapshot(), large]))
    expect(values[1]).toEqual(wire.encodeRecord([another, aBookSnapshot()]))
    expect(waiting.bytes).toBe(0)
  })

  it('writes dead letters as JSON, for people and other builds', () => {
    const letters = to(topics.deadLetters)
    const waiting = queue()
    waiting.add(letters, 'sim', [aDeadLetter()], 10)
    const [message] = waiting.next().topicMessages[0]?.messages ?? []
    expect(JSON.parse(String(message?.value))).toEqual(aDeadLetter())
  })

  it("ends a request before it exceeds the broker's limit", () => {
    const market = to(topics.market)
    const waiting = queue()
    for (const key of ['a', 'b', 'c']) waiting.add(market, key, [aLargeBook(600_000)], 10)
    expect([waiting.next(), waiting.next(), waiting.next()].map(({ records }) => records[0]?.key)).toEqual([
      'a',
      'b',
      'c',
    ])
  })
})

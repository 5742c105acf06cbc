import { topics, wire, type Event, type Topic } from '@triplane/contracts'
import { aKillSwitch, aTargetPortfolio, aTrade, anOrderIntent } from '@triplane/testing'
import fc from 'fast-check'
import { SendQueue, type Destination, type Sending, type WaitingRecord } from './send-queue.ts'

/** Two topics that are urgent and two that are not, one of them of batches in several partitions. */
const writes: readonly { readonly topic: Topic; readonly make: (seq: number) => Event }[] = [
  { topic: topics.intents, make: (seq) => anOrderIntent({ seq }) },
  { topic: topics.killSwitch, make: (seq) => aKillSwitch({ seq }) },
  { topic: topics.targets, make: (seq) => aTargetPortfolio({ seq }) },
  { topic: topics.market, make: (seq) => aTrade({ seq }) },
]
const topic = fc.nat(writes.length - 1)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('add' as const), topic, key: fc.constantFrom('a', 'b', 'c') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mark' as const), topic }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('next' as const) }) },
)

const isUrgent = ({ destination }: WaitingRecord) => destination.topic.isUrgent === true
const seqsIn = (value: unknown) => {
  if ((value as Buffer).length === 0) return []
  const read = wire.decodeRecord(value as Buffer)
  if (!read.ok) throw new Error(read.error.detail)
  return read.value.map(({ seq }) => seq)
}

describe('what a producer has waiting, whatever it is told', () => {
  it('leaves once, in order within a topic, urgent first; nothing is passed over twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new SendQueue('strategy-plane', 'run')
        const destinations = writes.map(({ topic }): Destination => {
          const partitions = topic.batched ? 3 : 1
          return { topic, name: topic.name, partitions, open: new Map(), produced: 0, buffered: 0, errors: 0 }
        })
        const requests: Sending[] = []
        const left = new Set<number>()
        let seq = 0

        function takeNext(): void {
          const waiting = queue.newest - left.size
          const sending = queue.next()
          requests.push(sending)
          for (const { number } of sending.records) left.add(number)
          expect(sending.records.length > 0).toBe(waiting > 0)
          const missing = Array.from({ length: queue.newest }, (_, i) => i + 1).filter((number) => !left.has(number))
          expect([queue.oldest, queue.records]).toEqual([missing[0] ?? Infinity, missing.length])
        }

        for (const each of steps) {
          if (each.kind === 'next') takeNext()
          else {
            const destination = destinations[each.topic] as Destination
            if (each.kind === 'mark') queue.mark(destination, 1, { throughUs: seq, final: false })
            else queue.add(destination, each.key, [(writes[each.topic] as (typeof writes)[number]).make(++seq)], 1)
          }
        }
        while (queue.records > 0) takeNext()

        const all = requests.flatMap(({ records }) => records)
        expect(new Set(all).size).toBe(all.length)
        expect([queue.events, queue.bytes]).toEqual([0, 0])
        for (const destination of destinations) {
          const numbers = all.filter((record) => record.destination === destination).map(({ number }) => number)
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        }
        const sent = requests.flatMap(({ topicMessages }) => topicMessages.flatMap(({ messages }) => messages))
        expect(sent.flatMap(({ value }) => seqsIn(value)).sort((a, b) => a - b)).toEqual(
          Array.from({ length: seq }, (_, i) => i + 1),
        )
        // Whatever waited when an urgent request left without it leaves with the next.
        requests.forEach(({ records }, i) => {
          if (records.length === 0 || !records.every(isUrgent)) return
          const newest = Math.max(...records.map(({ number }) => number))
          const passed = requests.slice(i + 1).flatMap((later) => later.records.filter((one) => one.number < newest))
          const next = new Set(requests[i + 1]?.records)
          expect(passed.filter((record) => !next.has(record))).toEqual([])
        })
      }),
    )
  })
})

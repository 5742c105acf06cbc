import { topics } from '@triplane/contracts'
import fc from 'fast-check'
import type { BusRecord } from '../bus.ts'
import { AssignedPartition } from './assigned-partition.ts'
import { Inbox } from './inbox.ts'

const tally = () => ({ consumed: 0, skipped: 0, errors: 0 })
const aPartition = (number: number) => new AssignedPartition(topics.orders, topics.orders.name, number, tally())

function aRecord(partition: AssignedPartition, offset: number, bytes = 10): BusRecord<Buffer> {
  const place = { topic: topics.orders, partition: partition.partition, offset, key: 'SPY' }
  return { ...place, runId: 'run', producer: 'data-plane', seq: offset, tsSentUs: 0, events: Buffer.alloc(bytes) }
}

describe('Inbox', () => {
  it('limits the number and the bytes of its records, and has room again when they are taken', () => {
    const partition = aPartition(0)
    const inbox = new Inbox(3, 100)
    for (const offset of [0, 1, 2]) inbox.push(aRecord(partition, offset), partition)
    expect(inbox.hasRoom).toBe(false)
    inbox.shift()
    expect(inbox.hasRoom).toBe(true)
    inbox.push(aRecord(partition, 3, 90), partition)
    expect([inbox.size, inbox.hasRoom]).toEqual([3, false])
    inbox.shift()
    expect([inbox.size, inbox.hasRoom]).toEqual([2, false])
    inbox.clear()
    expect([inbox.size, inbox.hasRoom]).toEqual([0, true])
  })

  it('returns records in arrival order, drops those of lost partitions, and reports how far each was taken', () => {
    const push = fc.record({ do: fc.constant('push' as const), partition: fc.nat({ max: 2 }) })
    const shift = fc.record({ do: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 40 }) })
    const drop = fc.record({ do: fc.constant('drop' as const), partition: fc.nat({ max: 2 }) })
    const steps = fc.array(
      fc.oneof({ arbitrary: push, weight: 30 }, { arbitrary: shift, weight: 2 }, { arbitrary: drop, weight: 1 }),
      { minLength: 1, maxLength: 3000, size: 'max' },
    )
    fc.assert(
      fc.property(steps, (all) => {
        const partitions = [aPartition(0), aPartition(1), aPartition(2)] as const
        const at = (number: number) => partitions[number] as AssignedPartition
        const inbox = new Inbox(Infinity, Infinity)
        let waiting: BusRecord<Buffer>[] = []
        let offset = 0
        const taken = [0, 0, 0]
        for (const step of all) {
          if (step.do === 'push') {
            const record = aRecord(at(step.partition), offset++)
            waiting.push(record)
            inbox.push(record, at(step.partition))
          } else if (step.do === 'drop') {
            waiting = waiting.filter(({ partition }) => partition !== step.partition)
            inbox.drop((partition) => partition === at(step.partition))
          } else {
            for (const record of waiting.splice(0, step.count)) {
              expect(inbox.shift()).toBe(record)
              expect(at(record.partition).position).toBe(record.offset + 1)
              taken[record.partition]!++
            }
          }
          expect(inbox.size).toBe(waiting.length)
        }
        const left: BusRecord<Buffer>[] = []
        inbox.forEach((record) => left.push(record))
        expect(left).toEqual(waiting)
        expect(partitions.map((partition) => partition.tally.consumed)).toEqual(taken)
      }),
      { numRuns: 20 },
    )
  })
})

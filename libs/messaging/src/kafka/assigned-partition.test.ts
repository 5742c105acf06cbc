import { topics } from '@triplane/contracts'
import { AssignedPartition } from './assigned-partition.ts'

const tally = () => ({ consumed: 0, skipped: 0, errors: 0 })
const place = () => new AssignedPartition(topics.orders, topics.orders.name, 0, tally())
const arrivals = (partition: AssignedPartition, ...offsets: number[]) => offsets.map((at) => partition.arrives(at))

describe('assigned partition', () => {
  it('begins with any offset, and takes each offset once', () => {
    expect(arrivals(place(), 7, 8, 8, 7, 9)).toEqual(['take', 'take', 'known', 'known', 'take'])
  })

  it('drops records before its position, as when a seek comes too late', () => {
    const partition = place()
    partition.expected = 5
    expect(arrivals(partition, 0, 4, 5, 6)).toEqual(['known', 'known', 'take', 'take'])
  })

  it('asks again for missing records, and skips them when they are missing again', () => {
    const partition = place()
    partition.expected = 5
    expect(arrivals(partition, 8)).toEqual(['again'])
    expect(partition.tally.skipped).toBe(0)
    expect(arrivals(partition, 8, 9)).toEqual(['take', 'take'])
    expect(partition.tally.skipped).toBe(3)
  })

  it('takes records that arrive when asked for again', () => {
    const partition = place()
    partition.expected = 5
    expect(arrivals(partition, 8, 5, 6, 7, 8)).toEqual(['again', 'take', 'take', 'take', 'take'])
    expect(partition.tally.skipped).toBe(0)
  })

  it('knows that compaction leaves holes', () => {
    const partition = new AssignedPartition(topics.runs, topics.runs.name, 0, tally())
    expect(arrivals(partition, 2, 9, 12)).toEqual(['take', 'take', 'take'])
    expect(partition.tally.skipped).toBe(0)
  })

  it('never takes a record again after losing and regaining the partition', () => {
    const partition = place()
    arrivals(partition, 0, 1, 2)
    partition.position = 2
    partition.forget()
    expect(arrivals(partition, 0, 1, 2, 3)).toEqual(['known', 'known', 'take', 'take'])
  })

  it('counts the records still on the broker', () => {
    const partition = place()
    partition.endOffset = 10
    expect(partition.behind).toBe(0)
    arrivals(partition, 3)
    expect(partition.behind).toBe(6)
  })

  it('takes one record that stands for several', () => {
    const partition = place()
    partition.expected = 5
    expect([partition.arrives(5, 8), partition.arrives(8), partition.arrives(9)]).toEqual(['take', 'known', 'take'])
    expect(partition.tally.skipped).toBe(0)
  })

  it('passes over the end of a transaction: it is no hole, and nothing waits behind it', () => {
    const partition = place()
    partition.expected = partition.position = 5
    expect(partition.arrives(5)).toBe('take')
    partition.passes(6, 6)
    expect(partition.reached).toBe(5)
    partition.position = 6
    expect(partition.reached).toBe(7)
    expect(partition.arrives(7)).toBe('take')
    expect(partition.tally.skipped).toBe(0)
  })

  it('does not take what is passed over behind a hole for what is missing', () => {
    const partition = place()
    partition.expected = partition.position = 5
    partition.passes(8, 8)
    expect([partition.reached, partition.arrives(9)]).toEqual([5, 'again'])
  })
})

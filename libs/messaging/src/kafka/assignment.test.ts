import { topics } from '@triplane/contracts'
import { Assignment } from './assignment.ts'

const [orders, runs] = [topics.orders, topics.runs]
const known = { nameOf: ({ name }: { readonly name: string }) => `x.${name}`, partitionsOf: () => 2 } as never
const ORDERS = `x.${orders.name}`
const anAssignment = (hasPositions = false) => new Assignment([orders, runs], known, hasPositions)
const place = (assignment: Assignment, partition = 0, name = ORDERS) => {
  const found = assignment.at(name, partition)
  if (!found) throw new Error('Expected a partition')
  return found
}
const askedFrom = (assignment: Assignment) => assignment.owned().map(({ askFrom }) => askFrom)

describe('Assignment', () => {
  it('continues at its positions, at the oldest record where that is gone, and counts missed records', () => {
    const assignment = anAssignment(true)
    const gone = assignment.placeAt(
      [
        { topic: orders.name, partition: 0, offset: 7 },
        { topic: orders.name, partition: 1, offset: 2 },
        { topic: runs.name, partition: 0, offset: 1 },
      ],
      [
        { topic: orders, partition: 0, low: 0, high: 9 },
        { topic: orders, partition: 1, low: 5, high: 9 },
        { topic: runs, partition: 0, low: 4, high: 9 },
      ],
    )
    const [first, second, compacted] = [place(assignment), place(assignment, 1), place(assignment, 0, `x.${runs.name}`)]
    expect([first, second, compacted].map(({ position, expected }) => [position, expected])).toEqual([
      [7, 7],
      [5, 5],
      [4, 4],
    ])
    expect([first.tally.skipped, compacted.tally.skipped]).toEqual([3, 0])
    expect([...gone]).toEqual([[orders.name, 3]])
  })

  it('refuses a position behind the end: the log is another', () => {
    const positions = [{ topic: orders.name, partition: 0, offset: 10 }]
    expect(() => anAssignment(true).placeAt(positions, [{ topic: orders, partition: 0, low: 0, high: 9 }])).toThrow(
      expect.objectContaining({ code: 'position_lost' }),
    )
  })

  it('keeps waiting records while the same member keeps a partition, and forgets those of lost ones', () => {
    const assignment = anAssignment()
    expect(assignment.reassign('m1', { [ORDERS]: [0, 1] })).toMatchObject({ hasChanged: true })
    expect(askedFrom(assignment)).toEqual([undefined, undefined])
    place(assignment).arrives(3)
    place(assignment, 1).arrives(8)
    const { lost, hasChanged } = assignment.reassign('m1', { [ORDERS]: [0] })
    expect([[...lost].map(({ partition }) => partition), hasChanged]).toEqual([[1], true])
    expect(askedFrom(assignment)).toEqual([4])
    expect([place(assignment, 1).expected, place(assignment, 1).askFrom]).toEqual([undefined, undefined])
    expect(assignment.reassign('m1', { [ORDERS]: [0] }).hasChanged).toBe(false)
  })

  it('forgets waiting records after an absence, since others may have continued; not when positions decide', () => {
    const outcome = (hasPositions: boolean) => {
      const assignment = anAssignment(hasPositions)
      assignment.reassign('m1', { [ORDERS]: [0] })
      place(assignment).arrives(3)
      const { lost } = assignment.reassign('m2', { [ORDERS]: [0] })
      return [lost.size, askedFrom(assignment)]
    }
    expect([outcome(false), outcome(true)]).toEqual([
      [1, [undefined]],
      [0, [4]],
    ])
  })

  it('commits what was taken when the commit was requested, of its own partitions, once', () => {
    const assignment = anAssignment()
    assignment.reassign('m1', { [ORDERS]: [0, 1] })
    place(assignment).position = 4
    assignment.askForCommit()
    expect(assignment.uncommitted().map(({ partition, toCommit }) => [partition, toCommit])).toEqual([[0, 4]])
    place(assignment).committed = 4
    expect(assignment.uncommitted()).toEqual([])
    place(assignment).position = 6
    expect(assignment.uncommitted()).toEqual([])
    assignment.askForCommit()
    assignment.reassign('m1', { [ORDERS]: [1] })
    expect(assignment.uncommitted()).toEqual([])
  })

  it('knows whether a partition has more records behind those taken, and counts those on the broker', () => {
    const assignment = anAssignment()
    assignment.reassign('m1', { [ORDERS]: [0] })
    expect([assignment.hasMore(orders, 0), assignment.hasMore(topics.market, 0)]).toEqual([true, false])
    const first = place(assignment)
    first.endOffset = 10
    first.arrives(6)
    first.position = 7
    expect([assignment.hasMore(orders, 0), assignment.countsOf(orders).behind]).toEqual([true, 3])
    first.position = 10
    expect(assignment.hasMore(orders, 0)).toBe(false)
    assignment.countError()
    expect(assignment.countsOf(orders)).toMatchObject({ consumed: 0, errors: 1 })
  })
})

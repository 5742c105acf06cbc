import { IdSequence } from './id-sequence.ts'

/** The ids that are believed. */
function believed(sequence: IdSequence, ids: readonly number[]): number[] {
  return ids.filter((id) => {
    if (sequence.check(id)) return false
    sequence.accept(id)
    return true
  })
}

describe('IdSequence', () => {
  it.each([
    { name: 'a lone id far ahead', ids: [1, 2, 1e12, 3, 4], want: [1, 2, 3, 4] },
    { name: 'a lone id that goes back', ids: [100, 101, 7, 102], want: [100, 101, 102] },
    {
      name: 'lone bad ids that never add up',
      ids: [100, 7, 101, 8, 102, 9, 103, 10, 104, 11],
      want: [100, 101, 102, 103, 104],
    },
    { name: 'ids that go back and fall', ids: [100, 9, 8, 7, 6, 5, 4], want: [100] },
  ])('does not believe $name', ({ ids, want }) => {
    expect(believed(new IdSequence(), ids)).toEqual(want)
  })

  it('believes five in a row that agree, ahead or back', () => {
    expect(believed(new IdSequence(), [100, 1, 2, 3, 4, 5, 6])).toEqual([100, 5, 6])
    expect(believed(new IdSequence(), [1, 1e12, 1e12 + 1, 1e12 + 2, 1e12 + 3, 1e12 + 4])).toEqual([1, 1e12 + 4])
  })

  it('reports when a stream restarts its ids', () => {
    const sequence = new IdSequence()
    expect(sequence.accept(100)).toBe(false)
    sequence.onDisconnect()
    expect(sequence.check(5)).toBeUndefined()
    expect(sequence.accept(5)).toBe(true)
  })
})

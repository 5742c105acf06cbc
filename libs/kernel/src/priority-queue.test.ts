import fc from 'fast-check'
import { PriorityQueue } from './priority-queue.ts'

describe('PriorityQueue', () => {
  it('returns entries in order, whatever order they were added in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (entries) => {
        const queue = new PriorityQueue<number>((a, b) => a - b, entries)
        const out = Array.from(entries, () => queue.pop())
        expect(out).toEqual([...entries].sort((a, b) => a - b))
        expect(queue.pop()).toBeUndefined()
      }),
    )
  })

  it('moves its first entry to its place after it has grown', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), fc.array(fc.nat(9)), (starts, steps) => {
        const queue = new PriorityQueue<{ at: number }>(
          (a, b) => a.at - b.at,
          starts.map((at) => ({ at })),
        )
        const entries = [...starts]
        for (const step of steps) {
          const first = queue.peek() as { at: number }
          entries.splice(entries.indexOf(first.at), 1, first.at + step)
          first.at += step
          queue.settleFirst()
          expect(queue.peek()?.at).toBe(Math.min(...entries))
        }
        const out = Array.from(entries, () => queue.pop()?.at)
        expect(out).toEqual([...entries].sort((a, b) => a - b))
      }),
    )
  })

  it('continues from its array', () => {
    const queue = new PriorityQueue<number>((a, b) => a - b, [3, 1, 2])
    queue.pop()
    const restored = new PriorityQueue<number>((a, b) => a - b, queue.toArray())
    expect([restored.pop(), restored.pop(), restored.size]).toEqual([2, 3, 0])
  })
})

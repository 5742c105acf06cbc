import fc from 'fast-check'
import { PriorityQueue } from './priority-queue.ts'

describe('PriorityQueue', () => {
  it('gives entries in order, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (entries) => {
        const queue = new PriorityQueue<number>((a, b) => a - b, entries)
        const out = Array.from(entries, () => queue.pop())
        expect(out).toEqual([...entries].sort((a, b) => a - b))
        expect(queue.pop()).toBeUndefined()
      }),
    )
  })

  it('goes on from its array', () => {
    const queue = new PriorityQueue<number>((a, b) => a - b, [3, 1, 2])
    queue.pop()
    const restored = new PriorityQueue<number>((a, b) => a - b, queue.toArray())
    expect([restored.pop(), restored.pop(), restored.size]).toEqual([2, 3, 0])
  })
})

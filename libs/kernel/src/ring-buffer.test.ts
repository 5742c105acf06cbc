import fc from 'fast-check'
import { RingBuffer } from './ring-buffer.ts'

describe('RingBuffer', () => {
  it('refuses entries beyond its capacity and keeps the order across the wrap', () => {
    const ring = new RingBuffer<number>(3)
    expect([ring.push(1), ring.push(2), ring.push(3), ring.push(4)]).toEqual([true, true, true, false])
    expect(ring.shift()).toBe(1)
    expect(ring.push(5)).toBe(true)
    expect(ring.toArray()).toEqual([2, 3, 5])
    expect([ring.at(2), ring.at(3), ring.at(-1)]).toEqual([5, undefined, undefined])
  })

  it('is the same queue however far it has grown', () => {
    const steps = fc.array(fc.record({ pushed: fc.nat({ max: 60 }), shifted: fc.nat({ max: 60 }) }), { maxLength: 20 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), steps, (capacity, moves) => {
        const ring = new RingBuffer<number>(capacity)
        const queue: number[] = []
        let next = 0
        for (const { pushed, shifted } of moves) {
          for (let i = 0; i < pushed; i++) {
            const isRoom = queue.length < capacity
            expect(ring.push(next)).toBe(isRoom)
            if (isRoom) queue.push(next)
            next++
          }
          for (let i = 0; i < shifted; i++) expect(ring.shift()).toBe(queue.shift())
          expect([ring.size, ring.capacity]).toEqual([queue.length, capacity])
          expect(ring.toArray()).toEqual(queue)
        }
      }),
    )
  })
})

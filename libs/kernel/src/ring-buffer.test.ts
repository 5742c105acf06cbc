import { RingBuffer } from './ring-buffer.ts'

describe('RingBuffer', () => {
  it('refuses what does not fit and keeps the order over the wrap', () => {
    const ring = new RingBuffer<number>(3)
    expect([ring.push(1), ring.push(2), ring.push(3), ring.push(4)]).toEqual([true, true, true, false])
    expect(ring.shift()).toBe(1)
    expect(ring.push(5)).toBe(true)
    expect(ring.toArray()).toEqual([2, 3, 5])
    expect([ring.at(2), ring.at(3), ring.at(-1)]).toEqual([5, undefined, undefined])
  })
})

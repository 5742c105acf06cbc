import { Signal } from './signal.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

describe('Signal', () => {
  it('wakes every waiter, with or without a time limit, and no later one', async () => {
    const signal = new Signal()
    const woken: string[] = []
    void signal.raised().then(() => woken.push('a'))
    void signal.raised().then(() => woken.push('b'))
    void signal.raisedWithin(1_000).then(() => woken.push('c'))
    expect(signal.isAwaited).toBe(true)
    signal.raise()
    expect(signal.isAwaited).toBe(false)
    void signal.raised().then(() => woken.push('late'))
    await jest.advanceTimersByTimeAsync(0)
    expect(woken).toEqual(['a', 'b', 'c'])
    expect(jest.getTimerCount()).toBe(0)
  })

  it('releases a waiter after its time limit', async () => {
    const signal = new Signal()
    const over = jest.fn()
    void signal.raisedWithin(100).then(over)
    await jest.advanceTimersByTimeAsync(100)
    expect(over).toHaveBeenCalled()
    expect(signal.isAwaited).toBe(false)
  })

  it('gives every waiter the same promise', () => {
    const signal = new Signal()
    const first = signal.raised()
    expect(signal.raised()).toBe(first)
    signal.raise()
    expect(signal.raised()).not.toBe(first)
  })
})

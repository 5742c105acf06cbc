import { delay } from './delay.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

describe('delay', () => {
  it('resolves after its time, not before', async () => {
    const over = jest.fn()
    void delay(100).then(over)
    await jest.advanceTimersByTimeAsync(99)
    expect(over).not.toHaveBeenCalled()
    await jest.advanceTimersByTimeAsync(1)
    expect(over).toHaveBeenCalled()
  })

  it('ends when the signal aborts, and leaves neither a timer nor a listener', async () => {
    const stop = new AbortController()
    const removed = jest.spyOn(stop.signal, 'removeEventListener')
    const waiting = delay(100, stop.signal)
    stop.abort()
    await waiting
    expect(jest.getTimerCount()).toBe(0)
    expect(removed).toHaveBeenCalledTimes(1)
  })

  it('does not wait when the signal has already aborted', async () => {
    await delay(100, AbortSignal.abort())
    expect(jest.getTimerCount()).toBe(0)
  })
})

import { Wake } from './wake.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** Waits in the background. */
function aWait(wake: Wake, timeoutMs: number) {
  const over = jest.fn()
  void wake.wait(timeoutMs).then(over)
  return over
}

describe('Wake', () => {
  it('ends a wait on a wake-up', async () => {
    const wake = new Wake()
    const over = aWait(wake, 1_000)
    await jest.advanceTimersByTimeAsync(10)
    expect(over).not.toHaveBeenCalled()
    wake.wake()
    await jest.advanceTimersByTimeAsync(0)
    expect(over).toHaveBeenCalled()
    expect(jest.getTimerCount()).toBe(0)
  })

  it('ends a wait after its time', async () => {
    const over = aWait(new Wake(), 100)
    await jest.advanceTimersByTimeAsync(100)
    expect(over).toHaveBeenCalled()
  })

  it('keeps a wake-up for the next wait, and for that one only', async () => {
    const wake = new Wake()
    wake.wake()
    wake.wake()
    const first = aWait(wake, 1_000)
    await jest.advanceTimersByTimeAsync(0)
    expect(first).toHaveBeenCalled()
    const second = aWait(wake, 1_000)
    await jest.advanceTimersByTimeAsync(999)
    expect(second).not.toHaveBeenCalled()
    await jest.advanceTimersByTimeAsync(1)
    expect(second).toHaveBeenCalled()
  })

  it('merges further wake-ups before the waiter resumes', async () => {
    const wake = new Wake()
    const first = aWait(wake, 1_000)
    wake.wake()
    wake.wake()
    await jest.advanceTimersByTimeAsync(0)
    expect(first).toHaveBeenCalled()
    const second = aWait(wake, 1_000)
    await jest.advanceTimersByTimeAsync(999)
    expect(second).not.toHaveBeenCalled()
  })
})

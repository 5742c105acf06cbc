import { retry } from './retry.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const backoff = { firstMs: 10, longestMs: 40 }

/** Fails `times` times, then returns `done`. */
function failing(times: number) {
  return jest.fn(async () => {
    if (times-- > 0) throw new Error('away')
    return 'done'
  })
}

describe('retry', () => {
  it('tries until it succeeds, waiting longer each time up to the limit', async () => {
    const act = failing(4)
    const waits: number[] = []
    const outcome = retry(act, { backoff, onFailure: (_, waitMs) => void waits.push(waitMs) })
    await jest.advanceTimersByTimeAsync(10 + 20 + 40 + 39)
    expect(act).toHaveBeenCalledTimes(4)
    await jest.advanceTimersByTimeAsync(1)
    expect(await outcome).toBe('done')
    expect(waits).toEqual([10, 20, 40, 40])
  })

  it('rejects with what `onFailure` throws', async () => {
    const act = failing(9)
    const onFailure = (error: unknown) => {
      throw new Error('it will not pass', { cause: error })
    }
    await expect(retry(act, { backoff, onFailure })).rejects.toThrow('it will not pass')
    expect(act).toHaveBeenCalledTimes(1)
  })

  it('ends a wait when the signal aborts, without another try', async () => {
    const act = failing(9)
    const stop = new AbortController()
    const outcome = retry(act, { backoff, onFailure: () => undefined, signal: stop.signal })
    await jest.advanceTimersByTimeAsync(5)
    stop.abort()
    expect(await outcome).toBeUndefined()
    expect(act).toHaveBeenCalledTimes(1)
    expect(jest.getTimerCount()).toBe(0)
  })

  it('does not report a failure after the signal aborted', async () => {
    const stop = new AbortController()
    const told = jest.fn()
    const act = async () => {
      stop.abort()
      throw new Error('closed under it')
    }
    expect(await retry(act, { backoff, onFailure: told, signal: stop.signal })).toBeUndefined()
    expect(told).not.toHaveBeenCalled()
  })

  it('does nothing when the signal has already aborted', async () => {
    const act = failing(0)
    expect(await retry(act, { backoff, onFailure: () => undefined, signal: AbortSignal.abort() })).toBeUndefined()
    expect(act).not.toHaveBeenCalled()
  })
})

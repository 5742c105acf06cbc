import { Deferred } from './deferred.ts'
import { endsWithin, TimeoutError, withTimeout } from './time-limit.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** The state of a promise after the timers have advanced by `ms`. */
async function outcomeAfter(ms: number, promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = 'pending'
  promise.then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = error),
  )
  await jest.advanceTimersByTimeAsync(ms)
  return outcome
}

describe('endsWithin', () => {
  it('is true for work that ends in time', async () => {
    expect(await endsWithin(Promise.resolve('done'), { ms: 100 })).toBe(true)
    expect(jest.getTimerCount()).toBe(0)
  })

  it('is false after the time limit, and ignores how the work ends later', async () => {
    const work = new Deferred()
    const isInTime = endsWithin(work.promise, { ms: 100 })
    expect(await outcomeAfter(99, isInTime)).toBe('pending')
    expect(await outcomeAfter(1, isInTime)).toBe(false)
    // Unhandled, this would fail the suite.
    work.reject(new Error('too late'))
    expect(await outcomeAfter(0, isInTime)).toBe(false)
  })

  it('rejects when the work fails in time', async () => {
    await expect(endsWithin(Promise.reject(new Error('disk full')), { ms: 100 })).rejects.toThrow('disk full')
    expect(jest.getTimerCount()).toBe(0)
  })

  it('waits without a limit until the signal aborts', async () => {
    const stop = new AbortController()
    const isInTime = endsWithin(new Deferred().promise, { signal: stop.signal })
    expect(await outcomeAfter(1e9, isInTime)).toBe('pending')
    stop.abort()
    expect(await outcomeAfter(0, isInTime)).toBe(false)
  })

  it('is false at once when the signal has already aborted', async () => {
    const work = new Deferred()
    expect(await endsWithin(work.promise, { ms: 100, signal: AbortSignal.abort() })).toBe(false)
    expect(jest.getTimerCount()).toBe(0)
    work.reject(new Error('too late'))
  })

  it('leaves no listener on a long-lived signal', async () => {
    const { signal } = new AbortController()
    const added = jest.spyOn(signal, 'addEventListener')
    const removed = jest.spyOn(signal, 'removeEventListener')
    await endsWithin(Promise.resolve(), { signal })
    await endsWithin(Promise.reject(new Error('x')), { signal }).catch(() => undefined)
    expect(await outcomeAfter(5, endsWithin(new Deferred().promise, { ms: 5, signal }))).toBe(false)
    expect(added).toHaveBeenCalledTimes(3)
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
  })
})

describe('withTimeout', () => {
  it('returns the result of the work', async () => {
    expect(await withTimeout(Promise.resolve(7), { ms: 100, what: 'an answer' })).toBe(7)
  })

  it('rejects with a fault that says what was expected, and within what time', async () => {
    const error = await outcomeAfter(100, withTimeout(new Deferred().promise, { ms: 100, what: 'an answer' }))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({
      name: 'TimeoutError',
      code: 'timeout',
      retryable: true,
      message: 'Expected an answer within 100 ms, was none',
    })
  })

  it('rejects with the abort reason of the signal', async () => {
    const stop = new AbortController()
    const answer = withTimeout(new Deferred().promise, { ms: 100, what: 'an answer', signal: stop.signal })
    stop.abort(new Error('the consumer was closed'))
    expect(await outcomeAfter(0, answer)).toEqual(new Error('the consumer was closed'))
  })

  it('rejects with the fault of the work', async () => {
    const answer = withTimeout(Promise.reject(new Error('refused')), { ms: 100, what: 'an answer' })
    await expect(answer).rejects.toThrow('refused')
  })
})

import { IdleWork } from './idle-work.ts'

/** Idle work on fake timers, and how often it was done. */
function counted() {
  let done = 0
  const clock = { monotonicUs: () => performance.now() * 1000 }
  return { idle: new IdleWork(() => void done++, clock), done: () => done }
}

describe('IdleWork', () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => jest.useRealTimers())

  it('is done once, after the host has waited for a millisecond', () => {
    const { idle, done } = counted()
    idle.begin()
    expect(done()).toBe(0)
    jest.advanceTimersByTime(1)
    expect(done()).toBe(1)
    jest.advanceTimersByTime(10_000)
    expect(done()).toBe(1)
  })

  it('is not done in a host that waits no more, however often it begins to', () => {
    const { idle, done } = counted()
    for (let i = 0; i < 100; i++) {
      idle.begin()
      idle.end()
      jest.advanceTimersByTime(1)
    }
    expect(done()).toBe(0)
  })

  it('is done again after more was handled, at most every 2 ms', () => {
    const { idle, done } = counted()
    for (let i = 0; i < 60; i++) {
      idle.begin()
      jest.advanceTimersByTime(1)
      idle.end()
    }
    expect(done()).toBe(30)
  })

  it('is put off, not dropped, when it is too early', () => {
    const { idle, done } = counted()
    for (let i = 0; i < 2; i++) {
      idle.begin()
      jest.advanceTimersByTime(1)
    }
    expect(done()).toBe(1)
    jest.advanceTimersByTime(1)
    expect(done()).toBe(2)
  })
})

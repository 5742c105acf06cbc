import { ageCheck, probeCheck, reportCheck } from './component-checks.ts'

const clock = { nowUs: () => 100_000_000, monotonicUs: () => 0 }

describe('a probe', () => {
  it('passes when it is answered', async () => {
    expect(await probeCheck('Redis', () => Promise.resolve('PONG'), clock)()).toEqual({
      healthy: true,
      details: { answerSeconds: 0 },
    })
  })

  it('names the part that did not answer', async () => {
    const check = probeCheck('the database', () => Promise.reject(new Error('ECONNREFUSED')), clock)
    await expect(check()).rejects.toThrow('Expected the database to answer, was ECONNREFUSED')
  })
})

describe('an age', () => {
  it.each([
    ['holds at the limit', 70_000_000, true],
    ['fails past the limit', 69_999_999, false],
    ['fails when there was never anything', undefined, false],
  ])('%s', (_, newestUs, healthy) => {
    expect(ageCheck(30, () => newestUs, clock)()).toMatchObject({ healthy })
  })
})

describe('a report of a part', () => {
  it('is forwarded, with a fault as its message', () => {
    const report = { isHealthy: false, bufferedRows: 7, fault: new Error('Expected to connect: refused') }
    expect(reportCheck(() => report)()).toEqual({
      healthy: false,
      details: { bufferedRows: 7, fault: 'Expected to connect: refused' },
    })
    expect(reportCheck(() => ({ isHealthy: true }))()).toEqual({ healthy: true, details: {} })
  })
})

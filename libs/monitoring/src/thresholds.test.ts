import { duration, scaleTimes, thresholds } from './thresholds.ts'

describe('a duration', () => {
  it.each([
    [1, '1s'],
    [60, '1m'],
    [90, '90s'],
    [7200, '2h'],
    [86_400, '1d'],
    [30 * 86_400, '30d'],
  ])('of %d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})

describe('scaled thresholds', () => {
  const scaled = scaleTimes(thresholds, 60)

  it('have shorter waits and windows, at least 1 s and 5 s', () => {
    expect(scaled.planeDown).toEqual({ forSeconds: 2 })
    expect(scaled.planeRestarting).toEqual({ aboveRestarts: 3, overSeconds: 10 })
    expect(scaled.highSpread.forSeconds).toBe(1)
    expect(scaled.highErrorRate).toEqual({ abovePerSecond: 10, overSeconds: 5, forSeconds: 5 })
    expect(scaled.feedDown).toEqual({ receiveOverSeconds: 5, forSeconds: 1 })
    expect(scaled.burnRates.page[0]).toEqual({ factor: 14.4, longOverSeconds: 60, shortOverSeconds: 5 })
    expect(scaled.sloRates).toEqual({ everySeconds: 1, overSeconds: 5, budgetOverSeconds: 43_200 })
  })

  it('keep their limits, and the time for which blips count', () => {
    expect(scaled.marketDataStale).toEqual(thresholds.marketDataStale)
    expect(scaled.heartbeatMissing.aboveSeconds).toBe(30)
    expect(scaled.blip).toEqual(thresholds.blip)
    expect(scaled.lastKnown).toEqual(thresholds.lastKnown)
  })

  it('equal the thresholds when nothing is scaled', () => {
    expect(scaleTimes(thresholds, 1)).toEqual(thresholds)
  })

  it.each([0, 0.5, Number.NaN])('are refused for a divisor of %d', (divisor) => {
    expect(() => scaleTimes(thresholds, divisor)).toThrow('Expected a divisor')
  })
})

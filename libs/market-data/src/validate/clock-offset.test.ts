import { createClockOffset, type ClockOffset } from './clock-offset.ts'

const second = 1_000_000
const t0 = 1_000 * second

/** Admits an event received `atUs` after the start with this lag. */
const admit = (clock: ClockOffset, atUs: number, lagUs: number) => clock.admit(t0 + atUs, t0 + atUs - lagUs)

/** A clock that has taken an offset of -1.27 s. */
function settled(): ClockOffset {
  const clock = createClockOffset()
  for (const [atUs, lagUs] of [
    [0, -1_265_000],
    [second, -1_270_000],
    [4 * second, -1_200_000],
  ] as const)
    admit(clock, atUs, lagUs)
  admit(clock, 5 * second, -1_269_000)
  return clock
}

describe('a clock offset', () => {
  it('is the smallest lag of the first 5 s, then frozen', () => {
    const clock = createClockOffset()
    admit(clock, 0, -1_265_000)
    admit(clock, 5 * second - 1, -1_270_000)
    expect(clock.offsetUs).toBeUndefined()
    admit(clock, 5 * second, -1_275_000)
    expect(clock.offsetUs).toBe(-1_270_000)
    admit(clock, 6 * second, -1_290_000)
    expect(clock.offsetUs).toBe(-1_270_000)
  })

  it.each([
    { name: 'admits drift at the limit', driftUs: 250_000, code: undefined },
    { name: 'refuses drift past the limit', driftUs: 250_001, code: 'clock_drift' },
    { name: 'admits drift backwards at the limit', driftUs: -250_000, code: undefined },
    { name: 'refuses drift backwards past the limit', driftUs: -250_001, code: 'clock_drift' },
  ])('$name', ({ driftUs, code }) => {
    expect(admit(settled(), 6 * second, -1_270_000 + driftUs)?.code).toBe(code)
  })

  it('does not follow a drift', () => {
    const clock = settled()
    for (let i = 0; i < 100; i++) admit(clock, (6 + i) * second, -1_270_000 + i * 10_000)
    expect(clock.offsetUs).toBe(-1_270_000)
    expect(admit(clock, 200 * second, -270_000)).toEqual({ code: 'clock_drift', driftUs: 1_000_000, limitUs: 250_000 })
  })

  it('gives the delay above it', () => {
    expect(settled().delayUs(t0, t0 + 1_200_000)).toBe(70_000)
    expect(createClockOffset().delayUs(t0, t0)).toBeUndefined()
  })

  it('refuses and does not count a lag beyond 60 s', () => {
    const clock = createClockOffset()
    admit(clock, 0, 10)
    admit(clock, 0, 15)
    expect(admit(clock, 1, 60 * second)).toBeUndefined()
    expect(admit(clock, 2, -60 * second - 1)).toEqual({
      code: 'clock_offset',
      offsetUs: -60 * second - 1,
      limitUs: 60 * second,
    })
    admit(clock, 5 * second, 20)
    expect(clock.offsetUs).toBe(10)
  })

  it('refuses an estimate more than 1 s below the median, and makes it anew', () => {
    const clock = createClockOffset()
    admit(clock, 0, 500)
    admit(clock, 1, 500 - second - 1)
    admit(clock, 2, 500)
    expect(admit(clock, 5 * second, 700)).toBeUndefined()
    expect([clock.offsetUs, clock.refusedEstimates]).toEqual([undefined, 1])
    admit(clock, 9 * second, 600)
    admit(clock, 10 * second, 900)
    expect([clock.offsetUs, clock.refusedEstimates]).toEqual([600, 1])
  })

  it('takes an estimate 1 s below the median', () => {
    const clock = createClockOffset()
    for (const lagUs of [500, 500 - second, 500]) admit(clock, 0, lagUs)
    admit(clock, 5 * second, 500 - second)
    expect(clock.offsetUs).toBe(500 - second)
  })

  it('is estimated anew after a reconnect', () => {
    const clock = settled()
    clock.restart()
    expect(clock.offsetUs).toBeUndefined()
    expect(admit(clock, 60 * second, 3)).toBeUndefined()
    admit(clock, 65 * second, 5)
    expect(clock.offsetUs).toBe(3)
  })

  it('goes on the same after it was restored', () => {
    const steps = [
      [0, 50],
      [1, 40],
      [5 * second, 60],
      [6 * second, 400_000],
      [7 * second, 20],
    ] as const
    const straight = createClockOffset()
    let restored = createClockOffset()
    for (const [atUs, lagUs] of steps) {
      restored = createClockOffset({}, JSON.parse(JSON.stringify(restored.snapshot())))
      expect(admit(restored, atUs, lagUs)).toEqual(admit(straight, atUs, lagUs))
    }
    expect(restored.snapshot()).toEqual(straight.snapshot())
  })
})

import { createClockOffset, type ClockOffset, type ClockStream } from './clock-offset.ts'

const ms = 1_000
const second = 1_000_000
const minute = 60 * second
const t0 = 1_200 * minute

/** The clock's verdict on an event that is received `atUs` after the start with this lag. */
const admit = (clock: ClockOffset, atUs: number, lagUs: number, stream: ClockStream = 'trade') =>
  clock.admit(t0 + atUs, t0 + atUs - lagUs, stream)

/** Its verdicts on one event every 100 ms. */
function stream(clock: ClockOffset, fromUs: number, toUs: number, lagUs: (atUs: number) => number): string[] {
  const verdicts: string[] = []
  for (let atUs = fromUs; atUs < toUs; atUs += 100 * ms) verdicts.push(admit(clock, atUs, Math.round(lagUs(atUs))))
  return verdicts
}

const count = (verdicts: readonly string[], verdict: string) => verdicts.filter((each) => each === verdict).length

/** A clock whose offset has been known for a minute. */
function settled(offsetUs = 0): ClockOffset {
  const clock = createClockOffset()
  stream(clock, -minute, 0, () => offsetUs)
  return clock
}

describe('a clock offset', () => {
  it('exists from the first event on, and gives the delay above it', () => {
    const clock = createClockOffset()
    expect([clock.offsetUs, clock.delayUs(t0, t0)]).toEqual([undefined, undefined])
    admit(clock, 0, -1_270_000)
    expect(clock.offsetUs).toBe(-1_270_000)
    expect(clock.delayUs(t0, t0 + 1_200_000)).toBe(70_000)
  })

  it('accepts any late event, and stays unchanged for the length of its window', () => {
    const clock = settled()
    expect(new Set(stream(clock, 0, 2 * minute, () => 2_400 * ms))).toEqual(new Set(['known']))
    expect(clock.offsetUs).toBe(0)
    expect(clock.newestDelayUs).toBe(2_400 * ms)
  })

  it('rises towards the smallest lag of the window, by 100 us a second', () => {
    const clock = settled()
    stream(clock, 0, 15 * minute, () => 40 * ms)
    expect(clock.offsetUs).toBe(40 * ms)
    const slow = settled()
    stream(slow, 0, 15 * minute, () => second)
    expect(slow.offsetUs).toBeGreaterThan(55 * ms)
    expect(slow.offsetUs).toBeLessThanOrEqual(90 * ms)
  })

  it('rises across a hole by the possible drift of clocks in it, and not above the lag', () => {
    const clock = settled()
    admit(clock, 60 * minute, 3 * second)
    expect(clock.offsetUs).toBe(Math.floor((60 * minute + 100 * ms) / 10_000))
    const small = settled()
    admit(small, 60 * minute, 30 * ms)
    expect(small.offsetUs).toBe(30 * ms)
  })

  it.each([
    { name: 'knows an event at the limit', aheadUs: 250 * ms, verdict: 'known' },
    { name: 'doubts one past the limit', aheadUs: 250 * ms + 1, verdict: 'ahead' },
  ])('$name', ({ aheadUs, verdict }) => {
    expect(admit(settled(), 0, -aheadUs)).toBe(verdict)
  })

  it('falls at once, by the limit in a minute, and accepts events ahead of that by less than the limit', () => {
    const clock = settled()
    expect([admit(clock, 0, -200 * ms), clock.offsetUs]).toEqual(['known', -200 * ms])
    expect([admit(clock, ms, -400 * ms), clock.offsetUs]).toEqual(['known', -250 * ms])
    stream(clock, 2 * ms, 2.5 * minute, () => 0)
    expect(clock.offsetUs).toBe(-400 * ms)
  })

  it.each([
    {
      name: 'a connect inside a burst that ends at once',
      lagUs: (atUs: number) => (atUs < 20 * second ? 400 * ms : 0),
    },
    {
      name: 'a connect inside a burst that drains',
      lagUs: (atUs: number) => (atUs < 20 * second ? 2_400 * ms : Math.max(0, 2_400 * ms - (atUs - 20 * second))),
    },
    { name: 'a host clock set back', lagUs: (atUs: number) => (atUs < 20 * second ? 0 : -5 * second) },
  ])('refuses nothing after $name, and adopts the offset on which all agree', ({ lagUs }) => {
    const clock = createClockOffset()
    const verdicts = stream(clock, 0, 3 * minute, lagUs)
    expect(count(verdicts, 'impossible')).toBe(0)
    expect(clock.offsetUs).toBe(lagUs(3 * minute))
    expect(clock.agreements).toBeGreaterThan(0)
    expect(count(verdicts.slice(300), 'ahead')).toBe(0)
  })

  it('refuses a clock that runs ahead after 2 s, and accepts it again when it is back', () => {
    const clock = settled()
    const wild = stream(clock, 0, 30 * second, (atUs) => -0.5 * atUs - 300 * ms)
    expect(wild.slice(0, 20)).toEqual(Array(20).fill('ahead'))
    expect(count(wild.slice(25), 'impossible')).toBe(wild.length - 25)
    expect([clock.offsetUs, clock.agreements]).toEqual([0, 0])
    expect(new Set(stream(clock, 30 * second, minute, () => 5 * ms))).toEqual(new Set(['known']))
  })

  it('adopts the new offset as soon as the refused events agree', () => {
    const clock = settled()
    stream(clock, 0, 10 * second, (atUs) => -0.5 * atUs - 300 * ms)
    const agreeing = stream(clock, 10 * second, 20 * second, () => -5_400 * ms)
    expect(count(agreeing, 'impossible')).toBeLessThanOrEqual(20)
    expect(agreeing.at(-1)).toBe('known')
    expect([clock.offsetUs, clock.agreements]).toEqual([-5_400 * ms, 1])
  })

  it('does not follow one instrument whose clock is wrong while the others go on', () => {
    const clock = settled()
    const wild: string[] = []
    for (let atUs = 0; atUs < 20 * second; atUs += 100 * ms) {
      expect(admit(clock, atUs, 3 * ms)).toBe('known')
      wild.push(admit(clock, atUs, -3600 * second))
    }
    expect([wild[0], wild.at(-1)]).toEqual(['ahead', 'impossible'])
    expect([clock.offsetUs, clock.agreements]).toEqual([0, 0])
  })

  it('does not follow one stream whose clock is wrong either', () => {
    const clock = settled()
    for (let atUs = 0; atUs < 20 * second; atUs += 100 * ms) {
      admit(clock, atUs, 3 * ms, 'bookDelta')
      admit(clock, atUs, -3600 * second, 'trade')
    }
    expect([clock.offsetUs, clock.agreements]).toEqual([0, 0])
  })

  it('follows the faster of two streams, though the slower one came first', () => {
    const clock = createClockOffset()
    const verdicts: string[] = []
    for (let atUs = 0; atUs < 20 * second; atUs += 100 * ms) {
      expect(admit(clock, atUs, 600 * ms, 'bookDelta')).toBe('known')
      verdicts.push(admit(clock, atUs, 10 * ms, 'trade'))
    }
    expect(count(verdicts, 'impossible')).toBe(0)
    expect([clock.offsetUs, clock.newestDelayUs]).toEqual([10 * ms, 0])
    expect(clock.agreements).toBe(1)
  })

  it('rejects a first event that is an hour ahead of the second', () => {
    const clock = createClockOffset()
    admit(clock, 0, -3600 * second)
    expect([admit(clock, 1, 2 * ms), clock.offsetUs]).toEqual(['known', 2 * ms])
  })
})

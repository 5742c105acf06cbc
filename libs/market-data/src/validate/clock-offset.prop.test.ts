import fc from 'fast-check'
import { createClockOffset, defaultClockLimits, type ClockOffsetSnapshot } from './clock-offset.ts'

const second = 1_000_000
const { maxDriftUs, maxRisePpm } = defaultClockLimits

/** Waits between events, and how far their lag is from a base that a burst or a wild clock moves. */
const events = fc.array(
  fc.record({
    waitUs: fc.oneof(fc.integer({ min: 0, max: second }), fc.constantFrom(0, 30 * second, 3600 * second)),
    lagUs: fc.oneof(
      fc.integer({ min: -300_000, max: 300_000 }),
      fc.integer({ min: -5 * second, max: 5 * second }),
      fc.constantFrom(-3600 * second, -400_000, 400_000, 2_400_000),
    ),
    stream: fc.constantFrom('trade', 'quote', 'bookDelta'),
  }),
  { maxLength: 200 },
)

describe('a clock offset, for any events', () => {
  it('knows every event whose lag is not below the offset, and is the same after a restore', () => {
    fc.assert(
      fc.property(events, (all) => {
        const clock = createClockOffset()
        let restored = createClockOffset()
        let nowUs = 1_000 * second
        for (const { waitUs, lagUs, stream } of all) {
          nowUs += waitUs
          const beforeUs = clock.offsetUs
          const verdict = clock.admit(nowUs, nowUs - lagUs, stream)
          if (beforeUs === undefined || lagUs >= beforeUs) expect(verdict).toBe('known')
          if (beforeUs !== undefined && lagUs >= beforeUs - maxDriftUs + 1) expect(verdict).toBe('known')
          const saved = JSON.parse(JSON.stringify(restored.snapshot())) as ClockOffsetSnapshot
          restored = createClockOffset({}, saved)
          expect(restored.admit(nowUs, nowUs - lagUs, stream)).toBe(verdict)
          expect(restored.snapshot()).toEqual(clock.snapshot())
        }
      }),
    )
  })

  it('rises by at most 100 ppm, and falls by at most the limit a minute, unless events agreed', () => {
    fc.assert(
      fc.property(events, (all) => {
        const clock = createClockOffset()
        let nowUs = 1_000 * second
        let past: { atUs: number; offsetUs: number }[] = []
        // Two events that agree confirm the first offset.
        for (const atUs of [nowUs, nowUs]) clock.admit(atUs, atUs, 'trade')
        for (const { waitUs, lagUs, stream } of all) {
          past.push({ atUs: nowUs, offsetUs: clock.offsetUs as number })
          nowUs += waitUs
          const { agreements } = clock
          clock.admit(nowUs, nowUs - lagUs, stream)
          const offsetUs = clock.offsetUs as number
          if (clock.agreements > agreements) past = []
          for (const { atUs, offsetUs: beforeUs } of past) {
            expect(offsetUs - beforeUs).toBeLessThanOrEqual(((nowUs - atUs) * maxRisePpm) / 1e6 + 1)
            if (nowUs - atUs <= 60 * second) expect(beforeUs - offsetUs).toBeLessThanOrEqual(maxDriftUs + 1)
          }
        }
      }),
    )
  })
})

import { z } from 'zod'
import { durationMs, inMicroseconds } from '@triplane/settings'
import { loadConfig } from './load-config.ts'

const schema = z.strictObject({
  staleAfterMs: durationMs(3000, 60_000),
  paper: z.strictObject({ ackLatencyMs: durationMs(5, 1000), makerBps: z.number().default(1) }).prefault({}),
  rates: z.record(z.string(), z.string()).default({ USD: '1' }),
})

describe('durations of settings', () => {
  it('are milliseconds in settings and whole microseconds in cores; everything else stays the same', () => {
    const settings = loadConfig(schema, { environment: { TRIPLANE_PAPER_ACK_LATENCY_MS: '0.2504' } })
    expect(inMicroseconds(settings)).toEqual({
      staleAfterUs: 3_000_000,
      paper: { ackLatencyUs: 250, makerBps: 1 },
      rates: { USD: '1' },
    })
  })

  it.each(['0', '-5', '0.0001', '60001', 'x'])('refuse %s', (text) => {
    expect(() => loadConfig(schema, { environment: { TRIPLANE_STALE_AFTER_MS: text } })).toThrow(
      /staleAfterMs \(TRIPLANE_STALE_AFTER_MS\)/,
    )
  })

  it('refuse a name of another unit, and suggest the right one', () => {
    expect(() => loadConfig(schema, { environment: { TRIPLANE_STALE_AFTER_US: '3000000' } })).toThrow(
      /TRIPLANE_STALE_AFTER_US: expected TRIPLANE_STALE_AFTER_MS, milliseconds/,
    )
    expect(() => loadConfig(schema, { environment: { TRIPLANE_PAPER_ACK_LATENCY_SECONDS: '1' } })).toThrow(
      /TRIPLANE_PAPER_ACK_LATENCY_SECONDS: expected TRIPLANE_PAPER_ACK_LATENCY_MS, milliseconds/,
    )
    expect(() => loadConfig(schema, { flags: { paper: { ackLatencyUs: 5000 } } })).toThrow(
      /paper\.ackLatencyUs: expected paper\.ackLatencyMs, milliseconds/,
    )
  })
})

import fc from 'fast-check'
import { isSampledAt, spanIdOf, traceIdOf } from './trace-ids.ts'

describe('ids', () => {
  it('are pure functions of run, order, span and key', () => {
    const traceId = traceIdOf('run-1', 'OFI-1')
    // Fixed forever: planes of two versions must agree.
    expect(traceId).toBe('aa6e2929eab3f70fd8a6903d087fc05b')
    expect(spanIdOf(traceId, 'frame')).toBe('c9e32b1064ab08fe')
  })

  it('differ where any of these differs', () => {
    const traceId = traceIdOf('run-1', 'OFI-1')
    const traces = [traceId, traceIdOf('run-2', 'OFI-1'), traceIdOf('run-1', 'OFI-2'), traceIdOf('run-', '1OFI-1')]
    expect(new Set(traces).size).toBe(4)
    const spans = [spanIdOf(traceId, 'frame'), spanIdOf(traceId, 'fill'), spanIdOf(traceId, 'fill', 'OFI-1/1')]
    expect(new Set(spans).size).toBe(3)
    for (const id of traces) expect(id).toMatch(/^[0-9a-f]{32}$/)
    for (const id of spans) expect(id).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('sampling', () => {
  const traceId = fc.integer({ min: 0 }).map((i) => traceIdOf('run-1', `OFI-${i}`))
  const ratio = fc.double({ min: 0, max: 1, noNaN: true })

  it('keeps all at 1, none at 0, and at a higher ratio what a lower one keeps', () => {
    fc.assert(
      fc.property(traceId, ratio, ratio, (id, one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        expect([isSampledAt(0, id), isSampledAt(1, id)]).toEqual([false, true])
        if (isSampledAt(low, id)) expect(isSampledAt(high, id)).toBe(true)
      }),
    )
  })

  it('keeps the requested share', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => traceIdOf('run-1', `OFI-${i}`))
    const kept = ids.filter((id) => isSampledAt(0.1, id)).length
    // 2000, plus or minus four standard deviations of 42. The ids, and so the count, are always the same.
    expect(Math.abs(kept - 2000)).toBeLessThan(170)
  })
})

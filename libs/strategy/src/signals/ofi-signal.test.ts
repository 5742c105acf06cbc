import fc from 'fast-check'
import { OfiSignal, type OfiSignalConfig, type OfiSignalSnapshot } from './ofi-signal.ts'

const config: OfiSignalConfig = {
  horizonMs: 1000,
  stepMs: 100,
  deviationHorizonMs: 10_000,
  warmUpMs: 500,
  deadBandDeviations: 0.5,
  minChange: 0.1,
}
const startUs = 1_723_127_400_000_000

interface Flow {
  readonly ofi: number
  readonly atMs: number
}

/** One event every 100 ms with the given flows; the new strengths, by event. */
function said(flows: readonly number[], signal = new OfiSignal(config)): (number | undefined)[] {
  return flows.map((ofi, i) => (signal.update(ofi, 2, startUs + i * 100_000) ? signal.strength : undefined))
}

/** Small flow both ways, so that there is a deviation to compare with. */
const noise = Array.from({ length: 20 }, (_, i) => (i % 2 ? 1 : -1))

describe('OfiSignal', () => {
  it('says nothing before the warm-up is over', () => {
    expect(said([50, 50, 50, 50, 50])).toEqual(Array(5).fill(undefined))
    expect(said([50, 50, 50, 50, 50, 50]).at(-1)).toBeGreaterThan(0)
  })

  it.each([
    { name: 'buys', flow: 30, sign: 1 },
    { name: 'sells', flow: -30, sign: -1 },
  ])('$name with the flow', ({ flow, sign }) => {
    expect(Math.sign(said([...noise, flow]).at(-1) ?? 0)).toBe(sign)
  })

  it('works out e / (1 + e) of the deviations beyond the dead band', () => {
    // One step: flow 4 at depth 2 is x = 1, the only sample, so one deviation; 1 - 0.5 is beyond the dead band.
    const signal = new OfiSignal({ ...config, warmUpMs: 0 })
    expect(signal.update(4, 2, startUs)).toBe(true)
    expect(signal.strength).toBe(0.5 / 1.5)
  })

  it('fades weights by 1 / (1 + step / horizon) a step', () => {
    const signal = new OfiSignal(config)
    signal.update(10, 2, startUs)
    signal.update(1, 2, startUs + 300_000)
    const fade = 1 / 1.1
    expect(signal.snapshot().flow).toBeCloseTo(10 * fade * fade * fade + 1, 12)
  })

  it('keeps to itself what changed too little, and says at once that it is flat', () => {
    const signal = new OfiSignal({ ...config, warmUpMs: 0, minChange: 0.9 })
    expect(said([...noise, 10, -2, -8, -2], signal).filter((strength) => strength !== undefined)).toEqual([])
    const eager = new OfiSignal({ ...config, minChange: 0.01 })
    expect(said([...noise, 10, 0, -10, 0], eager)).toContain(0)
  })

  it('works the strength out once a step', () => {
    const signal = new OfiSignal(config)
    said(noise, signal)
    const at = startUs + noise.length * 100_000
    expect(signal.update(0.1, 2, at)).toBe(false)
    expect(signal.update(1000, 2, at + 99_999)).toBe(false)
    expect(signal.update(0.1, 2, at + 100_000)).toBe(true)
  })

  it('is flat after a reset and warms up anew', () => {
    const signal = new OfiSignal(config)
    said([...noise, 30], signal)
    expect(signal.reset()).toBe(true)
    expect(signal.strength).toBe(0)
    expect(signal.reset()).toBe(false)
    expect(said([50, 50, 50, 50, 50], signal)).toEqual(Array(5).fill(undefined))
  })

  it('has no opinion without depth', () => {
    const signal = new OfiSignal({ ...config, warmUpMs: 0 })
    expect(signal.update(5, 0, startUs)).toBe(false)
  })
})

const flowsOf = fc.array(
  fc.record<Flow>({ ofi: fc.double({ min: -500, max: 500, noNaN: true }), atMs: fc.integer({ min: 0, max: 3000 }) }),
  { maxLength: 100 },
)

function play(flows: readonly Flow[], update: (ofi: number, timeUs: number) => void): void {
  let timeUs = startUs
  for (const { ofi, atMs } of flows) {
    timeUs += atMs * 1000
    update(ofi, timeUs)
  }
}

describe('OfiSignal, for any flow', () => {
  it('stays within -1 and 1', () => {
    fc.assert(
      fc.property(flowsOf, (flows) => {
        const signal = new OfiSignal({ ...config, warmUpMs: 0 })
        play(flows, (ofi, timeUs) => {
          signal.update(ofi, 2, timeUs)
          expect(Math.abs(signal.strength)).toBeLessThan(1)
        })
      }),
    )
  })

  it('does not depend on the unit of quantity', () => {
    fc.assert(
      fc.property(flowsOf, (flows) => {
        const inCoins = new OfiSignal(config)
        const inPieces = new OfiSignal(config)
        play(flows, (ofi, timeUs) => {
          expect(inPieces.update(ofi * 1024, 2 * 1024, timeUs)).toBe(inCoins.update(ofi, 2, timeUs))
          expect(inPieces.strength).toBe(inCoins.strength)
        })
      }),
    )
  })

  it('goes on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(flowsOf, (flows) => {
        const straight = new OfiSignal(config)
        let restored = new OfiSignal(config)
        play(flows, (ofi, timeUs) => {
          restored = new OfiSignal(config, JSON.parse(JSON.stringify(restored.snapshot())) as OfiSignalSnapshot)
          expect(restored.update(ofi, 2, timeUs)).toBe(straight.update(ofi, 2, timeUs))
        })
        expect(restored.snapshot()).toEqual(straight.snapshot())
      }),
    )
  })
})

import * as fc from 'fast-check'
import { lots, terms } from '../../test/builders.ts'
import { participationAllowance } from './participation.ts'
import { RollingVolume } from './rolling-volume.ts'

describe('rolling volume', () => {
  it('equals the sum of what came in the buckets of the window', () => {
    const windowUs = 600
    const bucketUs = windowUs / 60
    const trade = fc.record({ gapUs: fc.nat(90), size: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 60 }), fc.nat(1_000), fc.nat(60), (trades, silenceUs, cut) => {
        let volume = new RollingVolume(windowUs)
        let nowUs = 1_000_000
        const all: { timeUs: number; size: number }[] = []
        trades.forEach(({ gapUs, size }, i) => {
          nowUs += gapUs
          volume.add(nowUs, size)
          all.push({ timeUs: nowUs, size })
          if (i === cut) volume = new RollingVolume(windowUs, JSON.parse(JSON.stringify(volume.snapshot())))
        })
        nowUs += silenceUs
        const startUs = Math.floor(nowUs / bucketUs) * bucketUs + bucketUs - windowUs
        const want = all.filter(({ timeUs }) => timeUs >= startUs).reduce((sum, { size }) => sum + size, 0)
        expect(volume.sum(nowUs)).toBe(want)
      }),
    )
  })
})

describe('participation allowance', () => {
  it.each([
    { name: 'is a share of the volume', market: 10, own: 0, workingUnits: 0n, want: lots(1_000) },
    { name: 'counts our own volume', market: 10, own: 0.4, workingUnits: 0n, want: lots(600) },
    { name: 'counts what works', market: 10, own: 0.4, workingUnits: lots(100), want: lots(500) },
    { name: 'is never negative', market: 10, own: 2, workingUnits: 0n, want: 0n },
    { name: 'is whole lots', market: 0.0199, own: 0, workingUnits: 0n, want: lots(1) },
  ])('$name', ({ want, ...volumes }) => {
    expect(participationAllowance({ share: 0.1, ...volumes }, terms)).toBe(want)
  })
})

import * as fc from 'fast-check'
import { tradingTerms } from '@triplane/instruments'
import { anInstrument, lots, NOW_US, perpetual, terms } from '../../test/builders.ts'
import { participatingUnits } from './participating-units.ts'
import { participationAllowance } from './participation.ts'
import { RollingVolume } from './rolling-volume.ts'

describe('rolling volume', () => {
  it('equals the sum of the volume in the buckets of the window', () => {
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

it('counts volume afresh when its window was changed', () => {
  const before = new RollingVolume(600)
  before.add(1_000_000, 5)
  const after = new RollingVolume(1_200, before.snapshot())
  expect([before.sum(1_000_000), after.sum(1_000_000)]).toEqual([5, 0])
  after.add(1_000_010, 2)
  expect(after.sum(1_000_010)).toBe(2)
  expect(new RollingVolume(1_200, after.snapshot()).sum(1_000_010)).toBe(2)
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

describe('an order that participation reduces', () => {
  // A lot is 60 USD, the smallest order 100.
  const spot = tradingTerms({ ...perpetual, kind: 'spot' }, 1)
  const cut = (side: 'BUY' | 'SELL', units: bigint, allowed: bigint, positionUnits: bigint, ofTerms = spot) =>
    participatingUnits(
      side,
      units,
      anInstrument({ terms: ofTerms, positionUnits, participationUnits: () => allowed }),
      NOW_US,
    )

  it.each([
    { name: 'leaves more, not a sliver', units: lots(334), allowed: lots(333), position: lots(334), want: lots(330) },
    {
      name: 'ends at flat, not just across',
      units: lots(500),
      allowed: lots(335),
      position: lots(334),
      want: lots(334),
    },
    { name: 'goes across by enough', units: lots(500), allowed: lots(400), position: lots(334), want: lots(400) },
    { name: 'is nothing where nothing else is left', units: lots(3), allowed: lots(2), position: lots(3), want: 0n },
    { name: 'closes all that it may', units: lots(500), allowed: lots(334), position: lots(334), want: lots(334) },
    { name: 'is what it may be when it opens', units: lots(334), allowed: lots(1), position: 0n, want: lots(1) },
    { name: 'is what it may be when it adds', units: lots(334), allowed: lots(1), position: -lots(5), want: lots(1) },
  ])('$name', ({ units, allowed, position, want }) => {
    expect(cut('SELL', units, allowed, position)).toBe(want)
    expect(cut('BUY', units, allowed, -position)).toBe(want)
  })

  it('may leave a sliver where the venue accepts closing it', () => {
    expect(cut('SELL', lots(334), lots(333), lots(334), terms)).toBe(lots(333))
  })

  it('never trades more than allowed, and leaves nothing that cannot be closed', () => {
    const count = fc.integer({ min: 0, max: 40 })
    fc.assert(
      fc.property(count, count, count, fc.nat(1), fc.boolean(), (more, allowed, held, rest, isShort) => {
        // A position traded in finer lots has a remainder that no order closes.
        const size = lots(held) + BigInt(rest)
        const units = lots(allowed + more)
        const traded = cut(isShort ? 'BUY' : 'SELL', units, lots(allowed), isShort ? -size : size)
        expect(traded >= 0n && traded <= lots(allowed) && traded % lots(1) === 0n).toBe(true)
        if (traded === units || traded === 0n || size === 0n) return
        const left = Math.abs(Number(size - traded)) / Number(lots(1))
        expect(left < 1 || left * 60 >= 100).toBe(true)
      }),
    )
  })
})

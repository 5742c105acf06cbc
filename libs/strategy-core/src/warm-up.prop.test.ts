import type { Bar, PastBar } from '@triplane/contracts'
import { aBar, anInstrument, aPastBar, testStartUs } from '@triplane/testing'
import fc from 'fast-check'
import { WarmUp } from './warm-up.ts'

const MINUTE_US = 60_000_000
const T = testStartUs - (testStartUs % MINUTE_US)
const instrument = anInstrument()
const wanted = [{ timeframe: '1m' as const, bars: 8 }]
const of = (minute: number) => ({
  ...{ instrument: 'BTC/USDT@sim', timeframe: '1m' as const },
  openTimeUs: T + minute * MINUTE_US,
})

/**
 * For each minute: the state of the run's own bar, and the past bars that arrive after it, how many minutes back, with
 * gaps.
 */
const minutes = fc.array(
  fc.record({
    own: fc.constantFrom('whole' as const, 'whole' as const, 'incomplete' as const, 'none' as const),
    back: fc.option(fc.nat(12), { nil: undefined }),
    missing: fc.nat(12),
  }),
  { minLength: 1, maxLength: 25 },
)

function barsOf(all: readonly { own: string; back: number | undefined; missing: number }[]): (Bar | PastBar)[] {
  return all.flatMap(({ own, back, missing }, minute) => {
    const past = back === undefined ? [] : Array.from({ length: back + 1 }, (_, i) => minute - back + i)
    return [
      ...(own === 'none' ? [] : [aBar({ ...of(minute), ...(own === 'incomplete' && { incomplete: true }) })]),
      ...past.filter((_, i) => i !== missing).map((one) => aPastBar(of(one))),
    ]
  })
}

const give = (warmUp: WarmUp, bar: Bar | PastBar) => (bar.type === 'bar' ? warmUp.onBar(bar) : warmUp.onPastBar(bar))
const isWhole = (bar: Bar | PastBar) => bar.type === 'pastBar' || bar.incomplete !== true

it('gives whole bars in their order and each once, whatever comes when, and is warm by their number', () => {
  fc.assert(
    fc.property(minutes, (all) => {
      const warmUp = new WarmUp(wanted, [instrument])
      const whole: number[] = []
      for (const bar of barsOf(all)) {
        whole.push(
          ...give(warmUp, bar)
            .filter(isWhole)
            .map(({ openTimeUs }) => openTimeUs),
        )
        expect(warmUp.cold.length === 0).toBe(whole.length >= 8)
      }
      expect(whole).toEqual([...new Set(whole)].sort((a, b) => a - b))
    }),
  )
})

it('loses no whole bar of the run, and gives each that is not whole at most once', () => {
  fc.assert(
    fc.property(minutes, (all) => {
      const warmUp = new WarmUp(wanted, [instrument])
      const bars = barsOf(all)
      const given = bars.flatMap((bar) => give(warmUp, bar))
      const starts = new Set(given.map(({ openTimeUs }) => openTimeUs))
      for (const bar of bars) if (bar.type === 'bar' && isWhole(bar)) expect(starts).toContain(bar.openTimeUs)
      const odd = given.filter((bar) => !isWhole(bar)).map(({ openTimeUs }) => openTimeUs)
      expect(odd).toEqual([...new Set(odd)])
    }),
  )
})

it('goes on from what was saved at any moment as if nothing had been', () => {
  fc.assert(
    fc.property(minutes, fc.nat(), (all, at) => {
      const bars = barsOf(all)
      const straight = new WarmUp(wanted, [instrument])
      let restored = new WarmUp(wanted, [instrument])
      for (const [i, bar] of bars.entries()) {
        if (i === at % bars.length) restored = new WarmUp(wanted, [instrument], restored.snapshot())
        expect(give(restored, bar)).toEqual(give(straight, bar))
      }
      expect(restored.snapshot()).toEqual(straight.snapshot())
    }),
  )
})

import { aBar, aPastBar } from '@triplane/testing'
import { momentum } from './momentum.ts'

const BTC = 'BTC/USDT@sim'
const open = (bars: number) =>
  momentum.open({ universe: [], quoted: [], parameters: { bars, minChange: 0.01 }, position: () => 0 })
const bar = (close: number, fields = {}) => aBar({ instrument: BTC, timeframe: '1m', close, ...fields })

/** The strength after each close. */
const said = (strategy: ReturnType<typeof open>, closes: readonly number[]) =>
  closes.map((close) => strategy.on(bar(close)).map((decision) => decision.type === 'opinion' && decision.strength))

describe('momentum', () => {
  it('says the return over its bars in deviations of it, half of which is full strength by default', () => {
    const strategy = open(2)
    const squares = 0.01 ** 2 + (1 / 101) ** 2
    const deviations = 0.02 / Math.sqrt(squares)
    expect(said(strategy, [100, 101, 102])).toEqual([[], [], [expect.closeTo(deviations / 2, 12)]])
  })

  it('is short of what falls and has no opinion on what stands still', () => {
    const strategy = open(2)
    expect(said(strategy, [102, 101, 100]).at(-1)?.[0]).toBeLessThan(-0.5)
    expect(said(strategy, [100, 100])).toEqual([[expect.any(Number)], [0]])
  })

  it('begins anew behind a bar that is incomplete, and takes no bar that is revised', () => {
    const strategy = open(2)
    said(strategy, [100, 101, 102])
    expect(strategy.on(bar(103, { revised: true }))).toEqual([])
    expect(strategy.on(bar(103, { incomplete: true }))).toEqual([{ type: 'opinion', instrument: BTC, strength: 0 }])
    expect(said(strategy, [103, 104])).toEqual([[], []])
    expect(said(strategy, [105])).toEqual([[expect.any(Number)]])
  })

  it('has no opinion on past bars, and goes on from them as from its own', () => {
    const [own, warmed] = [open(2), open(2)]
    said(own, [100, 101])
    for (const close of [100, 101]) expect(warmed.onPastBar?.(aPastBar({ instrument: BTC, close }))).toBeUndefined()
    expect(warmed.snapshot()).toEqual(own.snapshot())
    expect(said(warmed, [102])).toEqual(said(own, [102]))
    expect(momentum.warmUp({ bars: 2 })).toEqual([{ timeframe: '1m', bars: 3 }])
  })
})

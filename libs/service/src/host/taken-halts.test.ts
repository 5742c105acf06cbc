import { anOperatorCommand } from '@triplane/testing'
import { TakenHalts } from './taken-halts.ts'

describe('the halts that were taken', () => {
  const halt = (seq: number) => anOperatorCommand({ seq, command: 'halt' })

  it('are known again after a restart', () => {
    const taken = new TakenHalts()
    expect(taken.add('run1', 'order-plane.edge', halt(1))).toBe(true)
    const restored = new TakenHalts(taken.snapshot())
    expect(restored.add('run1', 'order-plane.edge', halt(1))).toBe(false)
    expect(restored.add('run1', 'data-plane.edge', halt(1))).toBe(true)
    expect(restored.add('run2', 'order-plane.edge', halt(1))).toBe(true)
  })

  it('are the newest: however many come, no more are kept', () => {
    const taken = new TakenHalts()
    for (let seq = 1; seq <= 1000; seq++) expect(taken.add('run1', 'poison', halt(seq))).toBe(true)
    const kept = taken.snapshot()
    expect([kept.length, kept[0]?.seq, kept.at(-1)?.seq]).toEqual([256, 745, 1000])
    expect(taken.add('run1', 'poison', halt(1))).toBe(true)
  })
})

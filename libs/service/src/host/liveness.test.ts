import { Liveness } from './liveness.ts'

describe('the liveness of the strategy plane', () => {
  function watch() {
    const state = { nowUs: 0, lastSeenUs: undefined as number | undefined }
    const verdicts: string[] = []
    const liveness = new Liveness({
      limitUs: 5_000_000,
      lastSeenUs: () => state.lastSeenUs,
      judge: (verdict) => void verdicts.push(verdict),
      clock: { monotonicUs: () => state.nowUs },
    })
    const at = (seconds: number) => {
      state.nowUs = seconds * 1e6
      liveness.check()
    }
    return { state, verdicts, at }
  }

  it('has grace from the start, then goes with silence and comes back with a heartbeat, each said once', () => {
    const { state, verdicts, at } = watch()
    at(4)
    expect(verdicts).toEqual([])
    at(6)
    at(7)
    expect(verdicts).toEqual(['reducing'])
    state.lastSeenUs = 8e6
    at(8)
    at(12)
    expect(verdicts).toEqual(['reducing', 'active'])
    at(14)
    expect(verdicts).toEqual(['reducing', 'active', 'reducing'])
  })

  it('counts no silence from before the start', () => {
    const { state, verdicts, at } = watch()
    state.lastSeenUs = -60e6
    at(4)
    expect(verdicts).toEqual([])
  })
})

import { Liveness } from './liveness.ts'

describe('the liveness of the strategy plane', () => {
  function watch(mayStand = false) {
    const state = { nowUs: 0, lastSeenUs: undefined as number | undefined }
    const verdicts: string[] = []
    const liveness = new Liveness({
      limitUs: 5_000_000,
      lastSeenUs: () => state.lastSeenUs,
      mayStand,
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

  it('is judged anew where an earlier verdict may stand: active by a heartbeat, reducing by silence', () => {
    const back = watch(true)
    back.at(1)
    expect(back.verdicts).toEqual([])
    back.state.lastSeenUs = 2e6
    back.at(2)
    back.at(3)
    expect(back.verdicts).toEqual(['active'])
    const away = watch(true)
    away.at(6)
    expect(away.verdicts).toEqual(['reducing'])
  })

  it('counts no silence from before the start', () => {
    const { state, verdicts, at } = watch()
    state.lastSeenUs = -60e6
    at(4)
    expect(verdicts).toEqual([])
  })
})

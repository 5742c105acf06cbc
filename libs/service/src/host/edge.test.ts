import type { Heartbeat } from '@triplane/contracts'
import { createMemoryBus } from '@triplane/messaging'
import { Edge } from './edge.ts'

const SILENCE_US = 1_000_000

describe('the heartbeats of an edge', () => {
  const clock = { nowUs: () => 1_700_000_000_000_000, monotonicUs: () => atUs }
  let atUs = 0

  /** An edge at time 0, and the origins that it has said. */
  function edgeWithSaid() {
    atUs = 0
    const said: number[] = []
    const producer = createMemoryBus({ nowUs: clock.nowUs }).producer({ name: 'strategy-plane.edge', runId: 'r' })
    const send: typeof producer.send = (...sent) => {
      for (const event of sent[2]) said.push((event as Heartbeat).originUs)
      producer.send(...sent)
    }
    const edge = new Edge({
      name: 'strategy-plane.edge',
      stage: 'strategy',
      producer: { ...producer, send },
      run: { account: 'sim-r' },
      lastSeq: 0,
      clock,
    })
    return { edge, said }
  }
  const ofData = (originUs: number): Heartbeat => ({ type: 'heartbeat', seq: 1, effectUs: 7, stage: 'data', originUs })

  it('are those of the stage before, as long as they come', () => {
    const { edge, said } = edgeWithSaid()
    for (const second of [1, 2, 3]) {
      atUs = second * SILENCE_US
      edge.forward(ofData(second))
      atUs += SILENCE_US - 1
      edge.beatAfter(SILENCE_US, 7)
    }
    expect(said).toEqual([1, 2, 3])
  })

  it('are its own before the first has come and when no more come, with the newest origin', () => {
    const { edge, said } = edgeWithSaid()
    edge.beatAfter(SILENCE_US, 7)
    edge.forward(ofData(1))
    for (const second of [1, 2]) {
      atUs = second * SILENCE_US
      edge.beatAfter(SILENCE_US, 7)
    }
    expect(said).toEqual([0, 1, 1, 1])
    expect(edge.lastSeenUs).toBe(0)
  })
})

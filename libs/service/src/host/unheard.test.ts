import { testStartUs } from '@triplane/testing'
import { Unheard } from './unheard.ts'

const T = testStartUs
const SECOND = 1_000_000
const TOPIC = 'strategy.intents.v2'

describe('a producer that is not heard', () => {
  it('is one of which three newer events in a row are dropped, until one is taken', () => {
    const unheard = new Unheard(0)
    unheard.noteTaken('strategy-plane', TOPIC, T)
    for (const second of [2, 3]) unheard.noteDropped('strategy-plane', TOPIC, T + second * SECOND)
    expect(unheard.news()).toBeUndefined()
    unheard.noteDropped('strategy-plane', TOPIC, T + 4 * SECOND)
    expect(unheard.news()).toEqual([`strategy-plane on ${TOPIC}`])
    unheard.noteDropped('strategy-plane', TOPIC, T + 5 * SECOND)
    expect(unheard.news()).toBeUndefined()
    unheard.noteTaken('strategy-plane', TOPIC, T + 6 * SECOND)
    expect(unheard.news()).toEqual([])
    expect(unheard.news()).toBeUndefined()
  })

  it('is none that repeats after a restart what was taken, however much', () => {
    const unheard = new Unheard(0)
    for (let second = 0; second < 10; second++) unheard.noteTaken('strategy-plane', TOPIC, T + second * SECOND)
    for (let second = 0; second < 10; second++) unheard.noteDropped('strategy-plane', TOPIC, T + second * SECOND)
    expect(unheard.news()).toBeUndefined()
  })

  it('is none that repeats what an earlier process of the reader took, but one that says what is newer', () => {
    const unheard = new Unheard(T)
    for (let back = 5; back > 0; back--) unheard.noteDropped('strategy-plane', TOPIC, T - back * SECOND)
    expect(unheard.news()).toBeUndefined()
    for (const second of [2, 3, 4]) unheard.noteDropped('strategy-plane', TOPIC, T + second * SECOND)
    expect(unheard.news()).toEqual([`strategy-plane on ${TOPIC}`])
  })

  it('is known by its topic: what it says on another is heard', () => {
    const unheard = new Unheard(T)
    for (const second of [2, 3, 4]) {
      unheard.noteDropped('strategy-plane', TOPIC, T + second * SECOND)
      unheard.noteTaken('strategy-plane', 'control.kill-switch.v1', T + second * SECOND)
    }
    expect(unheard.news()).toEqual([`strategy-plane on ${TOPIC}`])
  })
})

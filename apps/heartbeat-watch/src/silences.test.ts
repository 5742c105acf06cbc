import { Silences } from './silences.ts'

const SECOND = 1_000_000

/** A watch from second 0 on, with a limit of 5 s, and its notices. */
function watched() {
  const told: string[] = []
  const silences = new Silences(0, {
    limitUs: 5 * SECOND,
    onMissed: (plane, silenceUs) => told.push(`${plane} missed ${silenceUs / SECOND}`),
    onBack: (plane, silenceUs) => told.push(`${plane} back ${silenceUs / SECOND}`),
  })
  const beat = (seconds: number, ...planes: readonly string[]) => {
    for (const plane of planes) silences.heard(plane, plane.split('-')[0] ?? '', seconds * SECOND)
  }
  return { silences, told, beat, check: (seconds: number) => silences.check(seconds * SECOND) }
}
const all = ['data-plane', 'strategy-plane', 'order-plane'] as const

describe('the silence of planes', () => {
  it('is none at the limit, and a missed heartbeat from there on', () => {
    const { silences, told, beat, check } = watched()
    beat(1, ...all)
    check(5.999)
    expect(told).toEqual([])
    expect(silences.missing()).toEqual([])
    check(6)
    expect(told).toEqual(all.map((plane) => `${plane} missed 5`))
    expect(silences.missing()).toEqual([...all])
  })

  it('misses one heartbeat for each limit, however seldom it is checked', () => {
    const { told, beat, check } = watched()
    beat(1, 'strategy-plane', 'order-plane')
    beat(9, 'strategy-plane', 'order-plane')
    check(4)
    check(12)
    check(12)
    expect(told).toEqual(['data-plane missed 12', 'data-plane missed 12'])
  })

  it('ends with the next heartbeat, and is reported once', () => {
    const { silences, told, beat, check } = watched()
    beat(1, ...all)
    check(7)
    told.length = 0
    beat(8, 'order-plane')
    beat(9, 'order-plane')
    expect(told).toEqual(['order-plane back 7'])
    expect(silences.missing()).toEqual(['data-plane', 'strategy-plane'])
  })

  it('is expected of a plane without a heartbeat so far, whose age is unknown', () => {
    const { silences, told, beat, check } = watched()
    beat(1, 'data-plane', 'strategy-plane')
    check(5)
    expect(told).toEqual(['order-plane missed 5'])
    expect([...silences.ages(3 * SECOND)]).toEqual([
      ['data-plane', 2 * SECOND],
      ['strategy-plane', 2 * SECOND],
    ])
  })

  it('is counted for each instance where a plane has several', () => {
    const { silences, told, beat, check } = watched()
    beat(1, 'data-plane.kraken', 'data-plane.binance', 'strategy-plane', 'order-plane')
    beat(5, 'data-plane.kraken', 'strategy-plane', 'order-plane')
    check(6)
    expect(told).toEqual(['data-plane.binance missed 5'])
    expect(silences.missing()).toEqual(['data-plane.binance'])
  })
})

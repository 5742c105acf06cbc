import { HighWaterMarks } from './high-water-marks.ts'

describe('high-water marks', () => {
  it('are below every sequence where nothing came', () => {
    expect(new HighWaterMarks().of('data-plane', 'trades', 'BTC')).toBe(-1)
  })

  it.each([
    { by: 'producer', producer: 'data-plane.kraken', topic: 'trades', key: 'BTC' },
    { by: 'topic', producer: 'data-plane', topic: 'quotes', key: 'BTC' },
    { by: 'key', producer: 'data-plane', topic: 'trades', key: 'ETH' },
  ])('are kept apart by $by', ({ producer, topic, key }) => {
    const marks = new HighWaterMarks()
    marks.set('data-plane', 'trades', 'BTC', 7)
    expect(marks.of('data-plane', 'trades', 'BTC')).toBe(7)
    expect(marks.of(producer, topic, key)).toBe(-1)
  })

  it('are the same when they are saved and made anew, and their snapshot is a copy', () => {
    const marks = new HighWaterMarks()
    marks.set('a', 't', 'k', 1)
    marks.set('b', 't', 'k', 2)
    const saved = marks.snapshot()
    marks.set('a', 't', 'k', 9)
    const again = new HighWaterMarks(saved)
    expect([again.of('a', 't', 'k'), again.of('b', 't', 'k')]).toEqual([1, 2])
    again.set('a', 't', 'k', 5)
    expect(saved).toEqual([
      { producer: 'a', topic: 't', key: 'k', seq: 1 },
      { producer: 'b', topic: 't', key: 'k', seq: 2 },
    ])
  })
})

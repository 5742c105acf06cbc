import { TickOrigins } from './tick-origins.ts'

describe('when market data was sent', () => {
  it('is known for the market times of a record, both ends included, and for no other', () => {
    const origins = new TickOrigins()
    origins.note(100, 200, 5)
    expect([99, 100, 150, 200, 201].map((timeUs) => origins.sentUsOf(timeUs))).toEqual([undefined, 5, 5, 5, undefined])
  })

  it('is that of the newest record where two have the time', () => {
    const origins = new TickOrigins()
    origins.note(100, 200, 5)
    origins.note(200, 300, 6)
    expect([150, 200].map((timeUs) => origins.sentUsOf(timeUs))).toEqual([5, 6])
  })

  it('is forgotten 4,096 records later, and not before', () => {
    const origins = new TickOrigins()
    origins.note(1, 1, 9)
    for (let i = 1; i < 4096; i++) origins.note(1000 + i, 1000 + i, i)
    expect(origins.sentUsOf(1)).toBe(9)
    origins.note(9999, 9999, 0)
    expect(origins.sentUsOf(1)).toBeUndefined()
    expect(origins.sentUsOf(1001)).toBe(1)
  })
})

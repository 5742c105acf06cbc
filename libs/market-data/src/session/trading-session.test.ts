import { isSessionOpen, nextSessionOpenUs } from './trading-session.ts'

const us = (iso: string) => Date.parse(iso) * 1000

describe('isSessionOpen', () => {
  it.each([
    { name: 'summer: opens 13:30 UTC', at: '2024-08-08T13:30:00Z', open: true },
    { name: 'summer: closed just before', at: '2024-08-08T13:29:59.999Z', open: false },
    { name: 'summer: open just before 20:00 UTC', at: '2024-08-08T19:59:59.999Z', open: true },
    { name: 'summer: the close is excluded', at: '2024-08-08T20:00:00Z', open: false },
    { name: 'winter: opens 14:30 UTC', at: '2024-12-10T14:30:00Z', open: true },
    { name: 'winter: closed at 13:30 UTC', at: '2024-12-10T13:30:00Z', open: false },
    { name: 'the Friday before clocks go forward', at: '2024-03-08T13:45:00Z', open: false },
    { name: 'the Monday after clocks go forward', at: '2024-03-11T13:45:00Z', open: true },
    { name: 'the Friday before clocks go back', at: '2024-11-01T13:45:00Z', open: true },
    { name: 'the Monday after clocks go back', at: '2024-11-04T13:45:00Z', open: false },
    { name: 'Saturday', at: '2024-08-10T15:00:00Z', open: false },
    { name: 'Sunday', at: '2024-08-11T15:00:00Z', open: false },
    { name: 'holiday: Good Friday 2024', at: '2024-03-29T15:00:00Z', open: false },
    { name: 'holiday: Thanksgiving 2026', at: '2026-11-26T15:00:00Z', open: false },
    { name: 'early close: morning after Thanksgiving', at: '2024-11-29T17:59:00Z', open: true },
    { name: 'early close: afternoon after Thanksgiving', at: '2024-11-29T18:00:00Z', open: false },
  ])('$name', ({ at, open }) => {
    expect(isSessionOpen('us_equity', us(at))).toBe(open)
    expect(isSessionOpen('24x7', us(at))).toBe(true)
  })
})

describe('nextSessionOpenUs', () => {
  it.each([
    { name: 'now, while open', from: '2024-08-08T15:00:00Z', opens: '2024-08-08T15:00:00Z' },
    { name: 'this morning', from: '2024-08-08T02:00:00Z', opens: '2024-08-08T13:30:00Z' },
    { name: 'over a weekend', from: '2024-08-09T21:00:00Z', opens: '2024-08-12T13:30:00Z' },
    { name: 'over the change of clocks', from: '2024-11-01T21:00:00Z', opens: '2024-11-04T14:30:00Z' },
    { name: 'over a holiday and its eve', from: '2024-12-24T18:30:00Z', opens: '2024-12-26T14:30:00Z' },
    { name: 'over New Year', from: '2025-12-31T22:00:00Z', opens: '2026-01-02T14:30:00Z' },
  ])('$name', ({ from, opens }) => {
    const openUs = nextSessionOpenUs('us_equity', us(from))
    expect(new Date(openUs / 1000).toISOString()).toBe(new Date(opens).toISOString())
    expect(isSessionOpen('us_equity', openUs)).toBe(true)
    expect(nextSessionOpenUs('24x7', us(from))).toBe(us(from))
  })

  it('agrees with the time zone database on every hour of a year', () => {
    const newYork = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hour: 'numeric',
      minute: 'numeric',
      weekday: 'short',
      hourCycle: 'h23',
    })
    const disagreements: string[] = []
    for (let at = Date.UTC(2019, 0, 1, 0, 15); at < Date.UTC(2020, 0, 1); at += 3_600_000 / 2) {
      const part = Object.fromEntries(newYork.formatToParts(at).map(({ type, value }) => [type, value]))
      const minute = Number(part['hour']) * 60 + Number(part['minute'])
      const trades = !['Sat', 'Sun'].includes(part['weekday'] ?? '') && minute >= 570 && minute < 960
      if (isSessionOpen('us_equity', at * 1000) !== trades) disagreements.push(new Date(at).toISOString())
    }
    expect(disagreements).toEqual([])
  })
})

import { createCompleteness } from './completeness.ts'

const options = { intervalUs: 10, intervals: 4 }

it.each<{ name: string; events: number[]; atUs: number; score: number | undefined }>([
  { name: 'has no score before an event', events: [], atUs: 1000, score: undefined },
  { name: 'has no score before an interval is over', events: [1000], atUs: 1009, score: undefined },
  { name: 'is complete when every interval has an event', events: [1000, 1011, 1029], atUs: 1035, score: 1 },
  { name: 'expects nothing before the first event', events: [1000, 1001, 1020], atUs: 1030, score: 2 / 3 },
  { name: 'does not count the current interval', events: [1000, 1011, 1012], atUs: 1019, score: 1 },
  { name: 'forgets intervals before the window', events: [1000, 1010, 1050], atUs: 1060, score: 1 / 4 },
  { name: 'is 0 without an event in the window', events: [1000], atUs: 2000, score: 0 },
])('$name', ({ events, atUs, score }) => {
  const straight = createCompleteness(options)
  let restored = createCompleteness(options)
  for (const event of events) {
    straight.onEvent(event)
    restored.onEvent(event)
    restored = createCompleteness(options, JSON.parse(JSON.stringify(restored.snapshot())))
  }
  expect(straight.score(atUs)).toBe(score)
  expect(restored.score(atUs)).toBe(score)
})

it('refuses a window without intervals', () => {
  expect(() => createCompleteness({ intervals: 0 })).toThrow('Invariant')
})

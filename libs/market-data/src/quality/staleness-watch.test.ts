import type { MarketStatus, EventDraft } from '@triplane/contracts'
import { createStalenessWatch } from './staleness-watch.ts'

const options = { source: 'sim', instrument: 'BTC/USDT@sim', limitUs: 100 }
type Step = readonly ['event' | 'time', number] | 'restore'

function run(steps: readonly Step[]): string[] {
  const emitted: EventDraft<MarketStatus>[] = []
  const emit = (status: EventDraft<MarketStatus>) => emitted.push(status)
  let watch = createStalenessWatch(options)
  for (const step of steps) {
    if (step === 'restore') watch = createStalenessWatch(options, JSON.parse(JSON.stringify(watch.snapshot())))
    else if (step[0] === 'event') watch.onEvent(step[1], emit)
    else watch.onTime(step[1], emit)
  }
  return emitted.map(({ status, tsRecvUs }) => `${status} ${tsRecvUs}`)
}

it.each<{ name: string; steps: Step[]; story: string[] }>([
  { name: 'is silent before the first event', steps: [['time', 1000]], story: [] },
  {
    name: 'is silent below the limit',
    steps: [
      ['event', 1000],
      ['time', 1099],
    ],
    story: [],
  },
  {
    name: 'is stale at the limit, once',
    steps: [
      ['event', 1000],
      ['time', 1100],
      ['time', 1200],
    ],
    story: ['stale 1100'],
  },
  {
    name: 'is fresh with the next event, and may be stale again',
    steps: [
      ['event', 1000],
      ['time', 1100],
      ['event', 1500],
      ['event', 1550],
      ['time', 1649],
      ['time', 1650],
    ],
    story: ['stale 1100', 'fresh 1500', 'stale 1650'],
  },
])('$name', ({ steps, story }) => {
  expect(run(steps)).toEqual(story)
  expect(run(steps.flatMap((step) => ['restore', step] as const))).toEqual(story)
})

it('says when silence becomes stale', () => {
  const watch = createStalenessWatch(options)
  expect(watch.dueUs()).toBe(Infinity)
  watch.onEvent(1000, () => undefined)
  expect(watch.dueUs()).toBe(1100)
  watch.onTime(1100, () => undefined)
  expect([watch.dueUs(), watch.isStale]).toEqual([Infinity, true])
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@triplane/kernel'
import type { FeedItem } from '@triplane/market-data'
import { itemsOf, testStartUs, textOf } from '@triplane/testing'
import { openCaptures, openSimulation, type Playing, type Source } from './source.ts'

const HOUR_US = 3_600_000_000
const folder = mkdtempSync(join(tmpdir(), 'triplane-source-'))
const capture = join(folder, 'hourly.txt')
let source: Source | undefined

beforeAll(() => {
  const lines = [0, 1, 2, 3].map((hour) => `${testStartUs + hour * HOUR_US}000 {"hour":${hour}}\n`)
  writeFileSync(capture, lines.join(''))
})
afterEach(() => source?.feed.close())
afterAll(() => rmSync(folder, { recursive: true }))

/** A stopped wall clock: later items are never due. */
const standing: Clock = { nowUs: () => testStartUs, monotonicUs: () => 0 }
const lineOf = (item: FeedItem) => (item.type === 'frame' ? textOf(item) : item.type)
const counted = (items: readonly FeedItem[]) => items.filter(({ type }) => type !== 'time')

const openHourly = (playing: Playing) =>
  openCaptures({ captures: [capture], venue: 'binance_usdm', holeUs: 2 * HOUR_US, ...playing }, standing)

describe('openCaptures', () => {
  it('resumes at once with the first item not taken before: skipped items cause no wait', async () => {
    source = await openHourly({ speed: 1, durationUs: undefined, skip: 3 })
    const batches = source.feed.batches()[Symbol.asyncIterator]()
    const first = await batches.next()
    expect((first.value as FeedItem[]).map(lineOf)).toEqual(['{"hour":2}', 'time'])
  })

  it('ends a run of a duration where it would have ended without a restart', async () => {
    source = await openHourly({ speed: 'max', durationUs: 3 * HOUR_US, skip: 2 })
    const items = await itemsOf(source.feed)
    expect(counted(items).map(lineOf)).toEqual(['{"hour":1}', '{"hour":2}'])
    expect(items.at(-1)?.tsRecvUs).toBe(testStartUs + 3 * HOUR_US - 1)
  })
})

describe('openSimulation', () => {
  const plan = { seed: 1, startUs: testStartUs, scenario: 'calm', sessions: 'always' } as const
  const endUs = testStartUs + 3_000_000

  it('resumes from a checkpoint, behind the items taken since', async () => {
    source = openSimulation(plan, { speed: 'max', durationUs: endUs - testStartUs }, standing)
    const whole: FeedItem[] = []
    let checkpoint = source.checkpoint?.()
    for await (const batch of source.feed.batches()) {
      if (whole.length < 600) checkpoint = source.checkpoint?.()
      whole.push(...counted(batch))
    }
    const taken = 650
    const { state, items = taken } = checkpoint ?? {}
    expect(items).toBeGreaterThan(0)
    expect(items).toBeLessThan(taken)

    const playing: Playing = { speed: 'max', durationUs: endUs - (state?.nowUs ?? 0), skip: taken - items }
    source = openSimulation(plan, playing, standing, state, items)
    const rest = counted(await itemsOf(source.feed))
    const full = (item: FeedItem) => `${item.tsRecvUs} ${lineOf(item)}`
    expect(rest.map(full)).toEqual(whole.slice(taken).map(full))
  })
})

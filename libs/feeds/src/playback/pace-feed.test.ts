import { aFrame, feedOf, itemsOf } from '@triplane/testing'
import type { FeedItem } from '@triplane/market-data'
import fc from 'fast-check'
import { paceFeed, type Pause } from './pace-feed.ts'

/** A wall clock that advances only during pauses. */
function fakeWall() {
  let nowUs = 5_000_000
  const pause: Pause = async (durationUs) => {
    nowUs += durationUs
  }
  return { clock: { monotonicUs: () => nowUs }, pause, elapsedUs: () => nowUs - 5_000_000 }
}

const at = (...times: readonly number[]) => times.map((timeUs) => aFrame(timeUs))
const isTime = (item: FeedItem) => item.type === 'time'

describe('paceFeed', () => {
  it('hands each item over when market time reaches it', async () => {
    const wall = fakeWall()
    const seen: string[] = []
    const paced = paceFeed(feedOf(at(1_000, 1_000, 3_000), at(51_000, 60_000)), { speed: 2, ...wall })
    for await (const batch of paced.batches()) {
      seen.push(`${wall.elapsedUs()}: ${batch.map(({ type, tsRecvUs }) => `${type} ${tsRecvUs}`).join(', ')}`)
    }
    expect(seen).toEqual([
      '0: frame 1000, frame 1000, time 1000',
      '1000: frame 3000',
      '1000: time 3000',
      '25000: frame 51000, time 51000',
      '29500: frame 60000',
      '29500: time 60000',
    ])
  })

  it('shows the planes silence every 100 ms of wall time', async () => {
    const wall = fakeWall()
    const items = await itemsOf(paceFeed(feedOf(at(0, 350_000)), { speed: 1, ...wall }))
    expect(items.map(({ type, tsRecvUs }) => `${type} ${tsRecvUs}`)).toEqual([
      'frame 0',
      'time 0',
      'time 100000',
      'time 200000',
      'time 300000',
      'frame 350000',
      'time 350000',
    ])
  })

  it('never waits at full speed, and marks the end', async () => {
    const wall = fakeWall()
    const items = await itemsOf(paceFeed(feedOf(at(0, 1), [], at(900_000_000)), { speed: 'max', ...wall }))
    expect(items.map(({ type, tsRecvUs }) => `${type} ${tsRecvUs}`)).toEqual([
      'frame 0',
      'frame 1',
      'frame 900000000',
      'time 900000000',
    ])
    expect(wall.elapsedUs()).toBe(0)
  })

  it('plays the same items at every speed, in an order consistent with time', async () => {
    const timeline = fc.array(fc.array(fc.nat(400_000), { maxLength: 5 }), { maxLength: 6 }).map((batches) => {
      let timeUs = 7
      return batches.map((steps) => steps.map((step) => aFrame((timeUs += step))))
    })
    await fc.assert(
      fc.asyncProperty(timeline, fc.constantFrom(0.3, 1, 7.7, 1000), async (batches, speed) => {
        const atMax = await itemsOf(paceFeed(feedOf(...batches), { speed: 'max', ...fakeWall() }))
        const paced = await itemsOf(paceFeed(feedOf(...batches), { speed, ...fakeWall() }))
        expect(paced.filter((item) => !isTime(item))).toEqual(atMax.filter((item) => !isTime(item)))
        expect(paced.at(-1)).toEqual(atMax.at(-1))
        const times = paced.map((item) => item.tsRecvUs)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(times.every(Number.isInteger)).toBe(true)
      }),
    )
  })

  it('on close, hands over at once what was read, then ends', async () => {
    const paced = paceFeed(feedOf(at(0, 1_000_000_000), at(2_000_000_000)), {
      speed: 1,
      clock: { monotonicUs: () => 0 },
      pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    })
    const seen: string[] = []
    for await (const batch of paced.batches()) {
      for (const { type, tsRecvUs } of batch) seen.push(`${type} ${tsRecvUs}`)
      if (seen.length === 2) setImmediate(() => void paced.close())
    }
    expect(seen).toEqual(['frame 0', 'time 0', 'frame 1000000000', 'time 1000000000'])
  })

  it('is woken from a real pause by close', async () => {
    const paced = paceFeed(feedOf(at(0, 3_600_000_000)), { speed: 0.000_001, clock: { monotonicUs: () => 0 } })
    const items = itemsOf(paced)
    setImmediate(() => void paced.close())
    expect((await items).map((item) => item.tsRecvUs).at(-1)).toBe(3_600_000_000)
  })
})

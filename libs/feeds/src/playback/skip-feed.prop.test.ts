import { aFrame, feedOf, itemsOf } from '@triplane/testing'
import type { FeedItem } from '@triplane/market-data'
import fc from 'fast-check'
import { paceFeed } from './pace-feed.ts'
import { skipFeed } from './skip-feed.ts'

const origin = { source: 'capture', venue: 'sim' }

/** Items of every type, in batches, some of them empty. */
const batchesOfItems = fc
  .array(fc.array(fc.constantFrom('frame', 'connect', 'disconnect', 'time'), { maxLength: 5 }), { maxLength: 6 })
  .map((batches) => {
    let tsRecvUs = 0
    return batches.map((types) =>
      types.map((type): FeedItem => {
        tsRecvUs++
        switch (type) {
          case 'connect':
            return { type, origin, tsRecvUs }
          case 'disconnect':
            return { type, origin, tsRecvUs, reason: 'closed' }
          case 'time':
            return { type, tsRecvUs }
          default:
            return aFrame(tsRecvUs)
        }
      }),
    )
  })

const isCounted = ({ type }: FeedItem) => type !== 'time'

/** The items after the first `count`, not counting `time`. */
function behind(items: readonly FeedItem[], count: number): readonly FeedItem[] {
  const counted = items.filter(isCounted)
  if (count > counted.length) return []
  return count === 0 ? items : items.slice(items.indexOf(counted[count - 1] as FeedItem) + 1)
}

/** Plays against a wall clock that advances only during pauses. */
function paced(batches: readonly (readonly FeedItem[])[]) {
  let nowUs = 0
  const pause = async (durationUs: number) => void (nowUs += durationUs)
  return paceFeed(feedOf(...batches), { speed: 1, clock: { monotonicUs: () => nowUs }, pause })
}

describe('skipFeed', () => {
  it('hands over the items after the first ones, not counting `time`, however they are batched', async () => {
    await fc.assert(
      fc.asyncProperty(batchesOfItems, fc.nat(35), async (batches, count) => {
        expect(await itemsOf(skipFeed(feedOf(...batches), count))).toEqual(behind(batches.flat(), count))
      }),
    )
  })

  it('continues where a paced run was left: the `time` items of pacing do not count', async () => {
    await fc.assert(
      fc.asyncProperty(batchesOfItems, fc.nat(60), async (batches, handedOver) => {
        const taken = (await itemsOf(paced(batches))).slice(0, handedOver).filter(isCounted)
        const rest = await itemsOf(skipFeed(feedOf(...batches), taken.length))
        expect([...taken, ...rest.filter(isCounted)]).toEqual(batches.flat().filter(isCounted))
      }),
    )
  })

  it('skips in two steps as it skips in one', async () => {
    await fc.assert(
      fc.asyncProperty(batchesOfItems, fc.nat(15), fc.nat(15), async (batches, first, second) => {
        const twice = await itemsOf(skipFeed(skipFeed(feedOf(...batches), first), second))
        expect(twice).toEqual(await itemsOf(skipFeed(feedOf(...batches), first + second)))
      }),
    )
  })

  it('ends when it is closed', async () => {
    const feed = skipFeed(feedOf([aFrame(1)], [aFrame(2)], [aFrame(3)]), 1)
    const seen: number[] = []
    for await (const batch of feed.batches()) {
      seen.push(...batch.map((item) => item.tsRecvUs))
      await feed.close()
    }
    expect(seen).toEqual([2])
  })
})

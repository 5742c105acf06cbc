import { aFrame, feedOf, itemsOf } from '@triplane/testing'
import type { FeedItem } from '@triplane/market-data'
import fc from 'fast-check'
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

describe('skipFeed', () => {
  it('hands over what comes after the first items, however they are batched', async () => {
    await fc.assert(
      fc.asyncProperty(batchesOfItems, fc.nat(35), async (batches, count) => {
        expect(await itemsOf(skipFeed(feedOf(...batches), count))).toEqual(batches.flat().slice(count))
      }),
    )
  })

  it('skips twice as it skips once', async () => {
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

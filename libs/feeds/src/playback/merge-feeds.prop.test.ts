import { aFrame, feedOf, itemsOf, textOf } from '@triplane/testing'
import fc from 'fast-check'
import { mergeFeeds } from './merge-feeds.ts'

/** Times that rise, in batches, some of them empty. */
const aTimeline = fc.array(fc.array(fc.nat(3), { maxLength: 5 }), { maxLength: 6 }).map((batches) => {
  let timeUs = 0
  return batches.map((steps) => steps.map((step) => (timeUs += step)))
})

describe('mergeFeeds', () => {
  it('orders by time, then by place among the arguments, and keeps the order of each feed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aTimeline, { maxLength: 4 }), async (timelines) => {
        let count = 0
        const batches = timelines.map((timeline) =>
          timeline.map((times) => times.map((timeUs) => aFrame(timeUs, String(count++)))),
        )
        const want = batches.flatMap((feed) => feed.flat()).sort((a, b) => a.tsRecvUs - b.tsRecvUs)
        const merged = await itemsOf(mergeFeeds(batches.map((feed) => feedOf(...feed))))
        expect(merged.map(textOf)).toEqual(want.map(textOf))
      }),
    )
  })

  it('reads at most one batch of each feed ahead', async () => {
    let read = 0
    const counting = {
      async *batches() {
        for (let timeUs = 0; timeUs < 10; timeUs++) {
          read++
          yield [aFrame(timeUs)]
        }
      },
      close: async () => undefined,
    }
    const items = mergeFeeds([counting, feedOf([aFrame(3), aFrame(100)])])
      .batches()
      [Symbol.asyncIterator]()
    await items.next()
    expect(read).toBe(1)
    await items.next()
    expect(read).toBe(2)
  })

  it('hands over the items before a fault, then throws it', async () => {
    const failing = {
      async *batches() {
        yield [aFrame(1, 'first')]
        throw new Error('torn')
      },
      close: async () => undefined,
    }
    const seen: string[] = []
    const play = async () => {
      for await (const batch of mergeFeeds([failing, feedOf([aFrame(0, 'other'), aFrame(5, 'later')])]).batches())
        seen.push(...batch.map(textOf))
    }
    await expect(play()).rejects.toThrow('torn')
    expect(seen).toEqual(['other', 'first'])
  })

  it('closes every feed', async () => {
    const merged = mergeFeeds([feedOf([aFrame(0)], [aFrame(2)]), feedOf([aFrame(1)], [aFrame(3)])])
    const seen: number[] = []
    for await (const batch of merged.batches()) {
      seen.push(...batch.map((item) => item.tsRecvUs))
      await merged.close()
    }
    expect(seen).toEqual([0, 1])
  })
})

import { aFrame, feedOf, itemsOf } from '@triplane/testing'
import { limitFeed } from './limit-feed.ts'

const at = (...times: readonly number[]) => times.map((timeUs) => aFrame(timeUs))

describe('limitFeed', () => {
  it.each([
    { name: 'keeps items before the end', batches: [at(10, 15), at(19)], want: ['frame 10', 'frame 15', 'frame 19'] },
    { name: 'leaves out items at the end', batches: [at(10, 19, 20)], want: ['frame 10', 'frame 19', 'time 19'] },
    { name: 'cuts between batches', batches: [at(10), at(30, 31)], want: ['frame 10', 'time 19'] },
    { name: 'reads nothing after the cut', batches: [at(10, 25), at(26)], want: ['frame 10', 'time 19'] },
    {
      name: 'starts at the first item',
      batches: [[], at(1_000), at(1_009), at(1_010)],
      want: ['frame 1000', 'frame 1009', 'time 1009'],
    },
    { name: 'an empty feed stays empty', batches: [[]], want: [] },
  ])('$name', async ({ batches, want }) => {
    const items = await itemsOf(limitFeed(feedOf(...batches), 10))
    expect(items.map(({ type, tsRecvUs }) => `${type} ${tsRecvUs}`)).toEqual(want)
  })
})

import type { FeedItem, Frame, FrameOrigin } from '@triplane/market-data'
import { aFrame, feedOf, itemsOf } from '@triplane/testing'
import { mergeFeeds } from './merge-feeds.ts'

const spot: FrameOrigin = { source: 'capture', venue: 'binance_spot' }
const usdm: FrameOrigin = { source: 'capture', venue: 'binance_usdm' }

/** A file of one venue: `up`, `hole`, or a frame, at a time. */
function fileOf(origin: FrameOrigin, ...steps: readonly (number | readonly ['up' | 'hole', number])[]) {
  return feedOf(
    ...steps.map((step): readonly FeedItem[] => {
      if (typeof step === 'number') return [{ ...(aFrame(step) as Frame), origin }]
      const [type, tsRecvUs] = step
      return type === 'up'
        ? [{ type: 'connect', origin, tsRecvUs }]
        : [{ type: 'disconnect', origin, tsRecvUs, reason: 'hole' }]
    }),
  )
}

async function storyOf(...files: readonly ReturnType<typeof fileOf>[]): Promise<string[]> {
  const items = await itemsOf(mergeFeeds(files, { holeUs: 60 }))
  return items.map((item) => {
    if (item.type === 'time') return `time ${item.tsRecvUs}`
    const what = item.type === 'disconnect' ? item.reason : item.type
    return `${item.origin.venue.slice(8)} ${what} ${item.tsRecvUs}`
  })
}

describe('holes of merged feeds', () => {
  it.each([
    {
      name: 'a hole of one venue while another goes on',
      files: [fileOf(spot, ['up', 0], ['hole', 0], ['up', 500], 600), fileOf(usdm, ['up', 1], 50, 100, 500)],
      want: [
        'spot connect 0',
        'spot hole 0',
        'usdm connect 1',
        'usdm frame 50',
        'usdm frame 100',
        'spot connect 500',
        'usdm frame 500',
        'usdm file_end 500',
        'spot frame 600',
      ],
    },
    {
      name: 'a hole of one file is none while another one of the venue continues',
      files: [fileOf(spot, ['up', 0], ['hole', 0], ['up', 500], 500), fileOf(spot, ['up', 1], 50, 450, 550)],
      want: ['spot connect 0', 'spot connect 1', 'spot frame 50', 'spot frame 450', 'spot frame 500', 'spot frame 550'],
    },
    {
      name: 'a hole ends with the next item of the venue',
      files: [
        fileOf(spot, ['up', 0], ['hole', 0], ['up', 500], 500),
        fileOf(spot, ['up', 0], ['hole', 1], ['up', 400], 450),
      ],
      want: ['spot connect 0', 'spot connect 0', 'spot hole 1', 'spot connect 400', 'spot frame 450', 'spot frame 500'],
    },
    {
      name: 'files of consecutive days have none between them',
      files: [fileOf(spot, ['up', 0], 40), fileOf(spot, ['up', 100], 100)],
      want: ['spot connect 0', 'spot frame 40', 'spot connect 100', 'spot frame 100'],
    },
    {
      name: 'files further apart have one',
      files: [fileOf(spot, ['up', 0], 40), fileOf(spot, ['up', 101], 101)],
      want: ['spot connect 0', 'spot frame 40', 'spot hole 40', 'spot connect 101', 'spot frame 101'],
    },
    {
      name: 'a venue whose file has ended while another continues is disconnected',
      files: [fileOf(spot, ['up', 0], 40), fileOf(usdm, ['up', 0], 50)],
      want: ['spot connect 0', 'usdm connect 0', 'spot frame 40', 'spot file_end 40', 'usdm frame 50'],
    },
  ])('$name', async ({ files, want }) => {
    expect(await storyOf(...files)).toEqual(want)
  })
})

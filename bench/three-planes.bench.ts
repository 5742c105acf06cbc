// Raw frames through all three planes on one core: the OFI strategy trading, risk on, ledgers, metrics on, storage off.
import { openCapture } from '@triplane/feeds'
import { loadUsdmCapture, usdmCaptureFile, type Capture } from './capture.ts'
import { print, runBench } from './harness.ts'
import { parseOnly } from './peers/parse-only.ts'
import { openPlanes, play } from './planes.ts'

/** The expected result of every contender. */
interface Outcome {
  readonly trades: number
  readonly quotes: number
  readonly hasTraded: boolean
}

function fromMemory({ frames }: Capture, hash: boolean): Outcome {
  const planes = openPlanes(hash)
  play(planes, frames)
  return outcomeOf(planes)
}

async function fromFile(): Promise<Outcome> {
  const planes = openPlanes(false)
  const feed = await openCapture(usdmCaptureFile())
  for await (const items of feed.batches()) play(planes, items)
  return outcomeOf(planes)
}

function outcomeOf({ tally }: ReturnType<typeof openPlanes>): Outcome {
  const { trade, quote, fill } = tally.counted.events
  return { trades: trade, quotes: quote, hasTraded: fill >= 20 }
}

const capture = loadUsdmCapture()
if (capture === undefined) {
  print('three planes: not run, no recorded data; TRIPLANE_DATA names its folder')
} else {
  await runBench({
    title: 'USD-M capture: raw frames to fills through three planes, one core, storage off',
    items: capture.frames.length,
    item: 'frame',
    contenders: [
      { name: 'hash off', prepare: async () => () => fromMemory(capture, false) },
      { name: 'hash on', isOurs: true, prepare: async () => () => fromMemory(capture, true) },
      parseOnly(capture),
      { name: 'gzip file, hash off', isSlow: true, prepare: async () => fromFile },
    ],
    expected: { trades: 21_313, quotes: 66_089, hasTraded: true } satisfies Outcome,
    goals: [{ atMostNs: 5000, aim: 1430 }],
  })
}

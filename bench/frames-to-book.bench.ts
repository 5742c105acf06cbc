// Raw bytes to normalised events, L2 book and order-flow imbalance on one core: Triplane, tardis-dev, ccxt pro, and bare
// JSON.parse of the same bytes.
import { loadUsdmCapture } from './capture.ts'
import { print, runBench } from './harness.ts'
import { parseOnly } from './peers/parse-only.ts'
import { ccxtContender } from './peers/ccxt.ts'
import { tardisContender } from './peers/tardis.ts'
import { triplaneContender } from './peers/triplane.ts'

const capture = loadUsdmCapture()
if (capture === undefined) {
  print('frames to book: not run, no recorded data; TRIPLANE_DATA names its folder')
} else {
  const { frames } = capture
  await runBench({
    title: 'USD-M capture: raw bytes to events, L2 book and OFI, one core',
    items: frames.length,
    item: 'frame',
    contenders: [triplaneContender(capture), tardisContender(capture), ccxtContender(capture), parseOnly(capture)],
    expected: { trades: 21_313, quotes: 66_089, bid: [61659.7, 1.486], ask: [61659.8, 0.981], ofi: -108.356 },
    goals: [
      { than: 'tardis-dev', timesFaster: 4, aim: 8 },
      { than: 'ccxt pro', timesFaster: 20, aim: 35 },
      { than: 'JSON.parse only', timesFaster: 1 },
    ],
  })
}

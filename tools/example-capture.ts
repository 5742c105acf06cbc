import { createSimulatedMarket } from '@triplane/feeds'

/** 2024-08-08T14:30Z. */
const START_US = Date.UTC(2024, 7, 8, 14, 30) * 1000
const SECONDS = 90
const SEED = 7

/** The path of the README's capture, from the root of the repository. */
export const EXAMPLE_CAPTURE = 'examples/captures/simulated-btcusdt.capture.gz'

/**
 * A generated capture: BTCUSDT of the simulated market, with the steps of the perpetual, as played by `npm start -- --capture`.
 * Each line has a receive time in nanoseconds and a frame. Every call returns the same text.
 */
export function exampleCapture(): string {
  const market = createSimulatedMarket({
    seed: SEED,
    startUs: START_US,
    instruments: [
      {
        venueSymbol: 'BTCUSDT',
        tickSize: '0.1',
        lotSize: '0.001',
        session: '24x7',
        startPrice: 61_800,
        annualVolatility: 0.55,
        halfSpreadRatio: 0.000_04,
        meanOrderSize: 0.4,
        ordersPerSecond: 60,
      },
    ],
  })
  const lines: string[] = []
  for (const item of market.generate(START_US + SECONDS * 1_000_000)) {
    if (item.type !== 'frame') continue
    const text = Buffer.from(item.bytes.buffer, item.bytes.byteOffset + item.start, item.end - item.start).toString(
      'latin1',
    )
    lines.push(`${item.tsRecvUs}000 ${text}\n`)
  }
  return lines.join('')
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Instrument } from '@triplane/contracts'
import { ok } from '@triplane/kernel'
import type { Frame, FrameOrigin } from '@triplane/market-data'
import { describeWithData } from '@triplane/testing'
import { instruments } from '../../test/binance-frames.ts'
import { createNormalizer } from '../normalizer.ts'

/** The results for the lines `<time> <payload>`, counted by event type or refusal; also the volume of the trades in lots. */
function tally(bytes: Uint8Array, origin: FrameOrigin, known: readonly Instrument[]) {
  const normalizer = createNormalizer(known)
  const counts: Record<string, number> = {}
  let lots = 0
  for (let start = 0, end; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(0x0a, start)
    if (end < 0) end = bytes.length
    const payloadStart = bytes.indexOf(0x20, start) + 1
    const frame: Frame = { type: 'frame', origin, bytes, start: payloadStart, end, tsRecvUs: 1 }
    const scanned = normalizer.scan(frame, frame.tsRecvUs)
    for (const event of scanned ? [ok(scanned)] : normalizer.read(frame, frame.tsRecvUs)) {
      const key = event.ok ? event.value.type : event.error.code
      counts[key] = (counts[key] ?? 0) + 1
      if (event.ok && event.value.type === 'trade') lots += Math.round(event.value.size * 1000)
    }
  }
  return { counts, lots }
}

describeWithData('normalize on recorded frames', (folder) => {
  it.each([
    {
      files: ['usdm_btcusdt_20240808'],
      origin: { source: 'capture', venue: 'binance_usdm', snapshotSymbol: 'BTCUSDT' },
      want: { bookDelta: 6_551, bookSnapshot: 1, quote: 66_089, trade: 21_313 },
      lots: 2_429_366,
    },
    {
      files: ['spot_btcusdt_20240808', 'spot_btcusdt_20240809'],
      origin: { source: 'capture', venue: 'binance_spot', snapshotSymbol: 'BTCUSDT' },
      want: { bookDelta: 6_495, bookSnapshot: 1, quote: 73_174, trade: 19_904 },
    },
    {
      files: ['spot_ethusdt_20240808', 'spot_ethusdt_20240809'],
      origin: { source: 'capture', venue: 'binance_spot', snapshotSymbol: 'ETHUSDT' },
      want: { bookDelta: 6_470, bookSnapshot: 1, quote: 58_758, trade: 14_515 },
    },
  ])('reads every frame of $files', ({ files, origin, want, lots }) => {
    const bytes = Buffer.concat(
      files.map((file) => gunzipSync(readFileSync(join(folder, 'binance_ws_20240808', `${file}.gz`)))),
    )
    const tallied = tally(bytes, origin, instruments)
    expect(tallied.counts).toEqual(want)
    if (lots !== undefined) expect(tallied.lots).toBe(lots)
  })

  describe('of 2021', () => {
    const known = ['NKNUSDT', 'BLZETH', 'LRCBTC', 'RUNEEUR'].map((venueSymbol) => ({
      ...(instruments[0] as Instrument),
      venueSymbol,
      symbol: venueSymbol,
    }))

    it('reads four symbols with aggregate trades and klines', () => {
      const lines = readFileSync(join(folder, 'cryptofeed_ws', 'BINANCE.ws.1.0'), 'latin1').split('\n')
      const frames = Buffer.from(lines.filter((line) => /^\d/.test(line)).join('\n'))
      const origin = { source: 'capture', venue: 'binance_spot' }
      const want = { bookDelta: 177, quote: 84, trade: 2, bar: 2 }
      expect(tally(frames, origin, known).counts).toEqual(want)
      expect(tally(frames, origin, []).counts).toEqual({ unknown_instrument: 265 })
    })

    it('reads the snapshots of REST', () => {
      const lines = readFileSync(join(folder, 'cryptofeed_ws', 'BINANCE.http.0.0'), 'latin1').split('\n')
      const answers = lines.flatMap((line) => {
        const match = /depth\?symbol=(\w+)&.* -> (\d+\.\d+: .*)$/.exec(line)
        return match ? [{ snapshotSymbol: match[1] as string, text: match[2] as string }] : []
      })
      expect(answers).toHaveLength(4)
      for (const { snapshotSymbol, text } of answers) {
        const origin = { source: 'capture', venue: 'binance_spot', snapshotSymbol }
        expect(tally(Buffer.from(text), origin, known).counts).toEqual({ bookSnapshot: 1 })
      }
    })
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { loadInstruments } from '@triplane/config'
import { openCapture } from '@triplane/feeds'
import type { FeedItem } from '@triplane/market-data'
import { describeWithData, levelNumbers, type GapCase } from '@triplane/testing'
import { newCore } from '../../data-core/test/tape.ts'

describeWithData('gaps in recorded captures', (folder) => {
  const read = (name: string) => readFileSync(join(folder, 'reference/gap_cases', name))

  /** The items of the case: captures with lines taken out, and the snapshot put in. With the line of each frame. */
  async function* itemsOf(gapCase: GapCase): AsyncGenerator<{ readonly line: number; readonly item: FeedItem }> {
    const bytes = gunzipSync(read(gapCase.snapshotFile))
    let line = 0
    for (const [i, file] of gapCase.files.entries()) {
      const capture = await openCapture(join(folder, 'binance_ws_20240808', file))
      for await (const items of capture.batches()) {
        for (const item of items) {
          // Files that continue each other are one connection.
          if (item.type !== 'frame' && i > 0) continue
          if (item.type === 'frame') line++
          if (!gapCase.removeLines.includes(line)) yield { line, item }
          if (item.type === 'frame' && line === gapCase.snapshotAfterLine)
            yield { line, item: { ...item, bytes, start: 0, end: bytes.length } }
        }
      }
    }
  }

  it.each([
    ['gap_usdm_btcusdt_single', 'binance_usdm', 'BTC/USDT:USDT'],
    ['gap_spot_btcusdt', 'binance_spot', 'BTC/USDT'],
  ])(
    'notices and recovers from %s',
    async (name, venue, symbol) => {
      const gapCase = JSON.parse(read(`${name}.json`).toString()) as GapCase
      const instruments = loadInstruments().filter((instrument) => instrument.venue === venue)
      const core = newCore(undefined, { source: 'capture', instruments })
      const keeper = core.lanes.find(({ instrument }) => instrument.symbol === symbol)?.book
      const changes: [line: number, status: string][] = []
      const letters: unknown[] = []
      let missing: number | undefined
      let deltasWhileInvalid = 0
      for await (const { line, item } of itemsOf(gapCase)) {
        core.accept(item)
        for (const event of core.outbox.drain()) {
          if (event.type === 'deadLetter') letters.push(event)
          if (event.type === 'marketStatus') {
            if (event.status === 'gap') missing = event.missing
            if (event.instrument === `${symbol}@${venue}`) changes.push([line, event.status])
          }
          const isInvalid = changes.at(-1)?.[1] === 'book_invalid'
          if (event.type === 'bookDelta' && isInvalid && line < gapCase.snapshotAfterLine) deltasWhileInvalid++
        }
      }
      const { line: gapLine, U, pu, lastGoodU } = gapCase.expectedGapDetectedAt
      expect(changes.slice(1)).toEqual([
        [gapLine, 'gap'],
        [gapLine, 'book_invalid'],
        [gapCase.snapshotAfterLine, 'book_valid'],
      ])
      expect(missing).toBe(pu === null ? U - lastGoodU - 1 : pu - lastGoodU)
      expect(core.gaps.count).toBe(1)
      expect(deltasWhileInvalid).toBe(0)
      expect(letters).toEqual([])
      const { lastU, bids, asks } = gapCase.expectedFinalTop50
      expect([keeper?.isValid, keeper?.lastUpdateId]).toEqual([true, lastU])
      expect(keeper?.book.snapshot(50)).toEqual({ bids: levelNumbers(bids), asks: levelNumbers(asks) })
    },
    120_000,
  )
})

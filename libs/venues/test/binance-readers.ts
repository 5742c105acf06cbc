import type { Frame, FrameOrigin } from '@triplane/market-data'
import { spotDialect, usdmDialect } from '../src/binance/dialect.ts'
import { mapBinance } from '../src/binance/mapper.ts'
import { createCompiledLayoutReader } from '../src/binance/scan/compiled-layout-reader.ts'
import { FrameScanner } from '../src/binance/scan/frame-scanner.ts'
import type { LayoutReader } from '../src/binance/scan/layout-reader.ts'
import { PlainLayoutReader } from '../src/binance/scan/plain-layout-reader.ts'
import { parseFrame } from '../src/frame-parser.ts'
import { InstrumentTable } from '../src/instrument-table.ts'
import { instruments } from './binance-frames.ts'

const NOW_US = 1_700_000_000_500_000

const compiled = createCompiledLayoutReader()
if (compiled === undefined) throw new Error('Expected an engine with WebAssembly and SIMD')
/** The two ways to read by layouts. */
export const readers: readonly { readonly name: string; readonly reader: LayoutReader }[] = [
  { name: 'compiled', reader: compiled },
  { name: 'plain', reader: new PlainLayoutReader() },
]

/** The ways to read a frame of one venue: a scanner on each of the readers, and the parser. */
export function waysOf(origin: FrameOrigin, layoutReaders: readonly LayoutReader[]) {
  const dialect = origin.venue === 'binance_spot' ? spotDialect : usdmDialect
  const table = new InstrumentTable(instruments.filter(({ venue }) => venue === origin.venue))
  const scanners = layoutReaders.map((reader) => new FrameScanner(table, dialect, reader))
  return {
    /** True when the first scanner read the frame. Throws when the parser does not agree with one, and lets them learn. */
    agreesOn(frame: Frame): boolean {
      const [parsed] = parseFrame(frame, NOW_US, table, mapBinance(dialect))
      if (parsed === undefined) throw new Error('Expected an event or a refusal, was a control message')
      const want = parsed.ok ? JSON.stringify(parsed.value) : parsed.error.detail
      const areRead = scanners.map((scanner) => {
        const scanned = scanner.scan(frame, NOW_US)
        if (scanned === undefined) {
          if (parsed.ok) scanner.learn(frame, parsed.value)
          return false
        }
        const line = JSON.stringify(scanned)
        if (line === want) return true
        const text = Buffer.from(frame.bytes).toString('latin1', frame.start, frame.end)
        throw new Error(`Frame ${text}\nwas scanned as ${line}\nand parsed as ${want}`)
      })
      return areRead[0] === true
    },
  }
}

import type { Frame, FrameOrigin, NormalizedEvent } from '@triplane/market-data'
import type { InstrumentId, Timeframe } from '@triplane/contracts'
import type { InstrumentTable } from '../../instrument-table.ts'
import type { FastReader } from '../../venue.ts'
import type { BinanceDialect } from '../dialect.ts'
import { createCompiledLayoutReader } from './compiled-layout-reader.ts'
import { aggregateOf, barOf, deltaOf, quoteOf, snapshotOf, tradeOf } from './frame-events.ts'
import { learnLayout, type FrameLayout, type KeptKey } from './frame-layout.ts'
import type { LayoutReader } from './layout-reader.ts'
import { PlainLayoutReader } from './plain-layout-reader.ts'

/** More than a venue has: bare and in streams, those of each message and length of bars. */
const MAX_LAYOUTS = 24

/** The meaning of a layout. */
type Meaning =
  | { readonly kind: 'trade' | 'aggregate' | 'quote' | 'delta' }
  | { readonly kind: 'snapshot'; readonly hasTime: boolean }
  | { readonly kind: 'bar'; readonly timeframe: Timeframe }

interface KnownLayout {
  readonly layout: FrameLayout
  readonly meaning: Meaning
}

const ascii = new TextDecoder('latin1')

/** The reader of this process. Its values are those of one frame, so all scanners take turns. */
const fastest: LayoutReader = createCompiledLayoutReader() ?? new PlainLayoutReader()

/**
 * The fast way to the result of `parseFrame`: reads messages straight from the bytes, when it knows their layout, whatever the
 * instrument. It learns layouts from frames that `parseFrame` understood. What it remembers changes how fast a frame is
 * result.
 */
export class FrameScanner implements FastReader {
  readonly #instruments: InstrumentTable
  readonly #dialect: BinanceDialect
  readonly #reader: LayoutReader
  /** Those in use stand before the others. */
  readonly #layouts: KnownLayout[] = []

  constructor(instruments: InstrumentTable, dialect: BinanceDialect, reader = fastest) {
    this.#instruments = instruments
    this.#dialect = dialect
    this.#reader = reader
  }

  /** The event of the frame, or undefined when `parseFrame` must decide. */
  scan({ bytes, start, end, origin }: Frame, tsRecvUs: number): NormalizedEvent | undefined {
    const layouts = this.#layouts
    const reader = this.#reader
    if (layouts.length === 0 || !reader.take(bytes, start, end)) return undefined
    for (let i = 0; i < layouts.length; i++) {
      const known = layouts[i] as KnownLayout
      if (!reader.fits(known.layout)) continue
      if (i > 0) {
        // Layouts in use move to the front; the last one makes room.
        layouts[i] = layouts[i - 1] as KnownLayout
        layouts[i - 1] = known
      }
      return this.#eventOf(known.meaning, origin, tsRecvUs)
    }
    return undefined
  }

  /** Learns the layout of a frame that `scan` did not know and that turned out to be `event`. */
  learn({ bytes, start, end }: Frame, event: NormalizedEvent): void {
    const reader = this.#reader
    if (!reader.take(bytes, start, end)) return
    const meaning = meaningOf(event)
    const layout = learnLayout(ascii.decode(bytes.subarray(start, end)), this.#neededKeys(meaning))
    // A frame may also have been left to the parser because of a number that cannot be scanned; its layout is known then.
    if (layout === undefined || !reader.fits(layout)) return
    if (this.#layouts.length === MAX_LAYOUTS) this.#layouts.pop()
    this.#layouts.push({ layout, meaning })
  }

  #eventOf(meaning: Meaning, origin: FrameOrigin, tsRecvUs: number): NormalizedEvent | undefined {
    const reader = this.#reader
    const { source } = origin
    const instrument = meaning.kind === 'snapshot' ? this.#snapshotInstrument(origin) : this.#instrument()
    if (instrument === undefined) return undefined
    switch (meaning.kind) {
      case 'quote':
        return quoteOf(reader, source, instrument, tsRecvUs, this.#dialect.namesQuotes)
      case 'trade':
        return tradeOf(reader, source, instrument, tsRecvUs)
      case 'delta':
        return deltaOf(reader, source, instrument, tsRecvUs, this.#dialect.chainsDeltas)
      case 'aggregate':
        return aggregateOf(reader, source, instrument, tsRecvUs)
      case 'snapshot':
        return snapshotOf(reader, source, instrument, tsRecvUs, meaning.hasTime)
      case 'bar':
        return barOf(reader, source, instrument, tsRecvUs, meaning.timeframe)
    }
  }

  #instrument(): InstrumentId | undefined {
    const { bytes, view, symbolStart, symbolEnd } = this.#reader
    return this.#instruments.byBytes(bytes, view, symbolStart, symbolEnd)
  }

  /** A snapshot names no symbol: it is of the only depth stream of its origin. */
  #snapshotInstrument({ snapshotSymbol }: FrameOrigin): InstrumentId | undefined {
    return snapshotSymbol === undefined ? undefined : this.#instruments.byName(snapshotSymbol)
  }

  /** Keys whose values an event of this meaning is made of. */
  #neededKeys(meaning: Meaning): readonly KeptKey[] {
    const { namesQuotes, chainsDeltas } = this.#dialect
    switch (meaning.kind) {
      case 'trade':
        return ['s', 'T', 'p', 'q', 'm', 't']
      case 'aggregate':
        return ['s', 'T', 'p', 'q', 'm', 'a', 'f', 'l']
      case 'quote':
        return ['s', 'u', 'b', 'B', 'a', 'A', ...(namesQuotes ? (['E'] as const) : [])]
      case 'delta':
        return ['s', 'E', 'U', 'u', 'b', 'a', ...(chainsDeltas ? (['pu'] as const) : [])]
      case 'snapshot':
        return ['lastUpdateId', 'bids', 'asks', ...(meaning.hasTime ? (['E'] as const) : [])]
      case 'bar':
        return ['s', 'k.t', 'k.o', 'k.h', 'k.l', 'k.c', 'k.v', 'k.q', 'k.V', 'k.n', 'k.x']
    }
  }
}

/** What a frame with this event stands for. */
function meaningOf(event: NormalizedEvent): Meaning {
  switch (event.type) {
    case 'trade':
      return { kind: event.firstTradeId === undefined ? 'trade' : 'aggregate' }
    case 'quote':
      return { kind: 'quote' }
    case 'bookDelta':
      return { kind: 'delta' }
    case 'bookSnapshot':
      return { kind: 'snapshot', hasTime: event.tsEventUs !== undefined }
    case 'bar':
      return { kind: 'bar', timeframe: event.timeframe }
  }
}

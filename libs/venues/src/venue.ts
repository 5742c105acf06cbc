import type { Instrument, InstrumentId, Steps } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { Frame, FrameOrigin, FrameRefusal, NormalizedEvent, BookRule } from '@triplane/market-data'
import type { InstrumentTable } from './instrument-table.ts'
import type { Klines } from './klines.ts'
import type { LiveProtocol } from './live-protocol.ts'

/** One message of a venue: the JSON of a frame, its origin and receive time, and the venue's instruments. */
interface Message {
  readonly json: unknown
  readonly origin: FrameOrigin
  readonly tsRecvUs: number
  readonly instruments: InstrumentTable
}

/**
 * The contents of a frame, one by one: an event each, or its refusal. Empty for a control message, which is not about the
 * market.
 */
export type Understood = readonly Result<NormalizedEvent, FrameRefusal>[]

/** Maps a message to its contents. Never throws. This defines what is understood of a venue. */
export type MapMessage = (message: Message) => Understood

/**
 * Reads frames straight from their bytes: an optional, faster path to the mapper's result, which it must match. Its memory
 * affects how fast a frame is read, never the result.
 */
export interface FastReader {
  /** The event of the frame, or undefined when the mapper must decide. */
  scan(frame: Frame, tsRecvUs: number): NormalizedEvent | undefined
  /** Learns the layout of a frame that `scan` did not know and that turned out to be `event`, and nothing else. */
  learn(frame: Frame, event: NormalizedEvent): void
}

/** The entry for one of our instruments in a venue's list. */
export interface ListedInstrument {
  readonly instrument: InstrumentId
  readonly steps: Steps
}

/** Commission as a share of the value, basis points; a negative one is a rebate. */
export interface Fees {
  readonly makerBps: number
  readonly takerBps: number
}

/** Where instruments are traded: a protocol with its fees and the rule of its books. Data and pure functions. */
export interface Venue {
  /** Its name in instruments, origins of frames and settings: binance_spot. */
  readonly id: string
  /** Fees of an account without volume; the settings may override them. */
  readonly fees: Fees
  /** How to tell that its books have every delta. */
  readonly bookRule: BookRule
  /**
   * Parses the JSON of a frame when `JSON.parse` loses what the mapper needs. Throws for text that is not JSON, like
   * `JSON.parse`.
   */
  readonly parseJson?: (text: string) => unknown
  readonly map: MapMessage
  readonly fast?: (instruments: InstrumentTable) => FastReader
  /** True for the URL, whatever its host, of the venue's own list of its instruments. */
  readonly isInstrumentListUrl?: (url: URL) => boolean
  /** Reads the venue's own list of its instruments for `instruments`; leaves out one that is not in the list. */
  readonly readInstrumentList?: (
    frame: Frame,
    instruments: readonly Instrument[],
  ) => readonly Result<ListedInstrument, FrameRefusal>[]
  /** Its past bars; absent when it keeps none. */
  readonly klines?: Klines
  /** The input of the live engine; absent when the venue has no live data. */
  readonly live?: LiveProtocol
}

/** What one payload reveals about its capture. */
export interface PayloadHint {
  /** Id of the venue, when the payload is decisive. */
  readonly venue?: string
  /** Venue symbol of the depth stream that the payload belongs to. */
  readonly depthSymbol?: string
}

/** How to recognise recordings of an exchange. */
export interface CaptureSigns {
  /** Id of the venue whose payload follows a URL; undefined for other URLs, or when it could be any of its venues. */
  readonly venueOfUrl: (url: URL) => string | undefined
  /** What the JSON of a payload reveals; empty when it could be of any exchange. */
  readonly inspect: (payload: unknown) => PayloadHint
  /** Recognised but unsupported venues: id and name. */
  readonly unsupported: Readonly<Record<string, string>>
}

/** An exchange: one folder. */
export interface Exchange {
  /** Label of metrics: binance. */
  readonly name: string
  readonly venues: readonly Venue[]
  /** Absent when there are no recordings. */
  readonly captures?: CaptureSigns
}

/** Defines an exchange. Besides this it needs only its line in `registry.ts`. */
export const defineExchange = (exchange: Exchange): Exchange => exchange

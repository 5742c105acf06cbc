import type { Instrument, InstrumentId, Steps } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { Frame, FrameOrigin, FrameRefusal, NormalizedEvent, BookRule } from '@triplane/market-data'
import type { InstrumentTable } from './instrument-table.ts'
import type { Klines } from './klines.ts'
import type { LiveProtocol } from './live-protocol.ts'

/** One message of a venue: what JSON made of a frame, where and when it came, and the instruments that it can be about. */
interface Message {
  readonly json: unknown
  readonly origin: FrameOrigin
  readonly tsRecvUs: number
  readonly instruments: InstrumentTable
}

/** What a frame says, one by one: an event each, or why not. Nothing for a control message, which is not about the market. */
export type Understood = readonly Result<NormalizedEvent, FrameRefusal>[]

/** Turns a message into what it says. Never throws. This is the definition of what is understood of a venue. */
export type MapMessage = (message: Message) => Understood

/**
 * Reads frames straight from their bytes: an optional, faster way to what the mapper gives, and held to it. What it remembers
 * changes how fast a frame is read, never what is read.
 */
export interface FastReader {
  /** The event that the frame is, or undefined when the mapper has to decide. */
  scan(frame: Frame, tsRecvUs: number): NormalizedEvent | undefined
  /** Takes note of how a frame is written that `scan` did not know and that turned out to be `event`, and nothing else. */
  learn(frame: Frame, event: NormalizedEvent): void
}

/** What a venue's list of its instruments says of one of ours. */
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
  /** As instruments, origins of frames and settings name it: binance_spot. */
  readonly id: string
  /** Fees of an account without volume, until the settings say others. */
  readonly fees: Fees
  /** How it is known that its books have every delta. */
  readonly bookRule: BookRule
  /** Reads the JSON of a frame where `JSON.parse` loses what the mapper needs. Throws for what is not JSON, as that does. */
  readonly parseJson?: (text: string) => unknown
  readonly map: MapMessage
  readonly fast?: (instruments: InstrumentTable) => FastReader
  /** True for the URL, whatever its host, that the venue's own list of its instruments came from. */
  readonly isInstrumentListUrl?: (url: URL) => boolean
  /** Reads the venue's own list of its instruments for `instruments`; one that is not in the list is left out. */
  readonly readInstrumentList?: (
    frame: Frame,
    instruments: readonly Instrument[],
  ) => readonly Result<ListedInstrument, FrameRefusal>[]
  /** Its bars of the time before; absent when it keeps none. */
  readonly klines?: Klines
  /** What the live engine needs; absent when the venue cannot be gone live at. */
  readonly live?: LiveProtocol
}

/** What one payload gives away about the capture that it is in. */
export interface PayloadHint {
  /** Id of the venue, when the payload is decisive. */
  readonly venue?: string
  /** Venue symbol of the depth stream that the payload belongs to. */
  readonly depthSymbol?: string
}

/** What tells that a recording is of an exchange. */
export interface CaptureSigns {
  /** Id of the venue whose payload a URL leads to; undefined for what is of others, or could be of any of its venues. */
  readonly venueOfUrl: (url: URL) => string | undefined
  /** What the JSON of a payload gives away; nothing when it could be of anyone. */
  readonly inspect: (payload: unknown) => PayloadHint
  /** Venues that are told apart but not supported: id, and what they are called. */
  readonly unsupported: Readonly<Record<string, string>>
}

/** An exchange: one folder. */
export interface Exchange {
  /** Label of metrics: binance. */
  readonly name: string
  readonly venues: readonly Venue[]
  /** Absent where recordings do not exist. */
  readonly captures?: CaptureSigns
}

/** Defines an exchange. Its line in `registry.ts` is all else that it needs. */
export const defineExchange = (exchange: Exchange): Exchange => exchange

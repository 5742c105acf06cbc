import {
  field,
  instrumentId,
  isAbout,
  isBookGap,
  stateSchema,
  type Instrument,
  type InstrumentId,
  type Mark,
  type MarketStatus,
  type PastBar,
  type StateOf,
} from '@triplane/contracts'
import type { StrategyEvent } from '@triplane/strategy'

/** What is known of an instrument that is only quoted, as it is saved. */
export const quotedInstrumentSchema = stateSchema({
  id: field.text,
  /** Empty before the first event. */
  source: field.text,
  isLate: field.flag,
})
type QuotedInstrument = StateOf<typeof quotedInstrumentSchema>
/** The same while it is followed. */
type Followed = { -readonly [Key in keyof QuotedInstrument]: QuotedInstrument[Key] }

/** What is not known across them is known anew behind them only. */
const holes: ReadonlySet<string> = new Set(['disconnected', 'book_invalid', 'late', 'stale'])

/** What the market says of an instrument. */
type InstrumentEvent = StrategyEvent | PastBar | Mark

/** What is missing where what comes does not follow on what came: any kind of tick, or trades alone. */
export type Hole = 'ticks' | 'trades'

/** The hole that a status says; undefined when it says none. */
export function holeOf(event: MarketStatus): Hole | undefined {
  if (holes.has(event.status) || isBookGap(event)) return 'ticks'
  return event.status === 'gap' ? 'trades' : undefined
}

/**
 * The instruments that strategies may read and nobody trades: no target, no order, no position. What comes of one while the data plane
 * says that it is late is not given to strategies, as of those that are traded.
 */
export class QuotedInstruments {
  readonly #byId: ReadonlyMap<InstrumentId, Followed>

  constructor(instruments: readonly Instrument[], snapshot: readonly QuotedInstrument[] = []) {
    const saved = new Map(snapshot.map((one) => [one.id, one]))
    const ids = instruments.map(instrumentId)
    this.#byId = new Map(ids.map((id) => [id, { source: '', isLate: false, ...saved.get(id), id }]))
  }

  /** Takes note of an event. True: strategies may hear it. */
  hears(event: InstrumentEvent): event is StrategyEvent {
    const quoted = this.#byId.get(event.instrument)
    if (quoted === undefined) return false
    quoted.source = event.source
    const { type } = event
    return type === 'bar' || (!quoted.isLate && type !== 'mark' && type !== 'pastBar')
  }

  /** Takes a status. Gives the instruments that it is about. */
  onStatus(event: MarketStatus): InstrumentId[] {
    const about = this.#about(event)
    const { status } = event
    if (status === 'late' || status === 'on_time') for (const quoted of about) quoted.isLate = status === 'late'
    return about.map(({ id }) => id)
  }

  /** Those that a status is about: of a chain that may be thousands, so one that is named is not searched for. */
  #about(event: MarketStatus): Followed[] {
    const named = event.instrument === undefined ? undefined : this.#byId.get(event.instrument)
    if (event.instrument !== undefined) return named ? [named] : []
    return [...this.#byId.values()].filter(({ id, source }) => isAbout(event, id, source))
  }

  snapshot(): QuotedInstrument[] {
    return Array.from(this.#byId.values(), (quoted) => ({ ...quoted }))
  }
}

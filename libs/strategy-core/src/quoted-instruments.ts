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

/** The state of an instrument that is only quoted, as it is saved. */
export const quotedInstrumentSchema = stateSchema({
  id: field.text,
  /** Empty before the first event. */
  source: field.text,
  isLate: field.flag,
})
type QuotedInstrument = StateOf<typeof quotedInstrumentSchema>
/** The same, mutable. */
type Followed = { -readonly [Key in keyof QuotedInstrument]: QuotedInstrument[Key] }

/** Statuses after which the past no longer explains what follows. */
const holes: ReadonlySet<string> = new Set(['disconnected', 'book_invalid', 'late', 'stale'])

/** A market event of one instrument. */
type InstrumentEvent = StrategyEvent | PastBar | Mark

/** What is missing: any kind of tick, or only trades. */
export type Hole = 'ticks' | 'trades'

/** The hole that a status reports; undefined for any other status. */
export function holeOf(event: MarketStatus): Hole | undefined {
  if (holes.has(event.status) || isBookGap(event)) return 'ticks'
  return event.status === 'gap' ? 'trades' : undefined
}

/**
 * The instruments that strategies may read and never trade: no target, order or position. As with traded ones,
 * strategies receive no ticks while the data plane reports the instrument late.
 */
export class QuotedInstruments {
  readonly #byId: ReadonlyMap<InstrumentId, Followed>

  constructor(instruments: readonly Instrument[], snapshot: readonly QuotedInstrument[] = []) {
    const saved = new Map(snapshot.map((one) => [one.id, one]))
    const ids = instruments.map(instrumentId)
    this.#byId = new Map(ids.map((id) => [id, { source: '', isLate: false, ...saved.get(id), id }]))
  }

  /** Records an event. True: strategies may receive it. */
  hears(event: InstrumentEvent): event is StrategyEvent {
    const quoted = this.#byId.get(event.instrument)
    if (quoted === undefined) return false
    quoted.source = event.source
    const { type } = event
    return type === 'bar' || (!quoted.isLate && type !== 'mark' && type !== 'pastBar')
  }

  /** Applies a status. Gives the instruments it is about. */
  onStatus(event: MarketStatus): InstrumentId[] {
    const about = this.#about(event)
    const { status } = event
    if (status === 'late' || status === 'on_time') for (const quoted of about) quoted.isLate = status === 'late'
    return about.map(({ id }) => id)
  }

  /** The instruments a status is about. There may be thousands, so a named one is looked up. */
  #about(event: MarketStatus): Followed[] {
    const named = event.instrument === undefined ? undefined : this.#byId.get(event.instrument)
    if (event.instrument !== undefined) return named ? [named] : []
    return [...this.#byId.values()].filter(({ id, source }) => isAbout(event, id, source))
  }

  snapshot(): QuotedInstrument[] {
    return Array.from(this.#byId.values(), (quoted) => ({ ...quoted }))
  }
}

import { field, stateSchema, zeroCounts, type StateOf } from '@triplane/contracts'
import { Random, US_PER_SECOND } from '@triplane/kernel'
import { randomStateSchema } from './random-state.ts'
import type { SimulatedSymbol } from './simulated-symbol.ts'
import { WireFormat } from './wire-format.ts'

/** The kinds of bad frames. */
const badTickKinds = [
  'malformed',
  'priceTimesTen',
  'negativeSize',
  'crossedQuote',
  'duplicateTrade',
  'duplicateQuote',
  'lateQuote',
  'unknownSymbol',
] as const
export type BadTickKind = (typeof badTickKinds)[number]

/** The last good messages of an instrument, from which bad ones are made. */
interface RecentMessages {
  trade: string | null
  quote: string | null
  quoteBefore: string | null
}

/** The saved state of the bad ticks. */
export const badTicksSchema = stateSchema({
  random: randomStateSchema,
  nextUs: field.timeUs,
  counts: field.countsOf(badTickKinds),
  /** By index of the instrument. */
  recent: field.list(
    stateSchema({
      trade: field.orNull(field.text),
      quote: field.orNull(field.text),
      quoteBefore: field.orNull(field.text),
    }),
  ),
})
export type BadTicksState = StateOf<typeof badTicksSchema>

/**
 * Makes bad frames, on average one every `everyS` seconds, and counts them by kind. They are added to the good frames and use
 * no ids, so a reader that refuses them misses nothing.
 */
export class BadTicks {
  readonly #random: Random
  readonly #meanGapUs: number
  readonly #counts: Record<BadTickKind, number>
  readonly #recent: RecentMessages[]
  #nextUs: number

  constructor(everyS: number, state: BadTicksState) {
    this.#random = new Random(state.random)
    this.#meanGapUs = everyS * US_PER_SECOND
    this.#counts = { ...state.counts }
    this.#recent = state.recent.map((messages) => ({ ...messages }))
    this.#nextUs = state.nextUs
  }

  /** Starts without any; the first one is due at `firstUs`. */
  static start(everyS: number, firstUs: number, seed: number, instruments: number): BadTicks {
    return new BadTicks(everyS, {
      random: new Random(seed).state(),
      nextUs: firstUs,
      counts: zeroCounts(badTickKinds),
      recent: Array.from({ length: instruments }, () => ({ trade: null, quote: null, quoteBefore: null })),
    })
  }

  /** When the next bad frame is due. */
  get nextUs(): number {
    return this.#nextUs
  }

  /** The number of bad frames of each kind. */
  get counts(): Readonly<Record<BadTickKind, number>> {
    return this.#counts
  }

  /** Remembers a good message of the instrument at `index`. */
  remember(index: number, kind: 'trade' | 'quote', text: string): void {
    const recent = this.#recent[index] as RecentMessages
    if (kind === 'trade') recent.trade = text
    else {
      recent.quoteBefore = recent.quote
      recent.quote = text
    }
  }

  /** The next bad frame, of one of `symbols`; undefined while that one has too few messages to make it from. */
  make(symbols: readonly SimulatedSymbol[], venueMs: number): string | undefined {
    this.#nextUs += 1 + Math.floor(this.#random.exponential(this.#meanGapUs))
    const index = this.#random.below(symbols.length)
    const kind = badTickKinds[this.#random.below(badTickKinds.length)] as BadTickKind
    const text = this.#text(kind, symbols[index] as SimulatedSymbol, venueMs, this.#recent[index] as RecentMessages)
    if (text !== undefined) this.#counts[kind]++
    return text
  }

  snapshot(): BadTicksState {
    return {
      random: this.#random.state(),
      nextUs: this.#nextUs,
      counts: { ...this.#counts },
      recent: this.#recent.map((messages) => ({ ...messages })),
    }
  }

  #text(kind: BadTickKind, symbol: SimulatedSymbol, venueMs: number, recent: RecentMessages): string | undefined {
    const { wire, nextTradeId, nextUpdateId } = symbol
    const bid = symbol.best('bid')
    const ask = symbol.best('ask')
    switch (kind) {
      case 'malformed':
        return recent.trade === null ? undefined : recent.trade.slice(0, -this.#random.below(40) - 1)
      case 'priceTimesTen':
        return wire.trade(venueMs, nextTradeId, ask[0] * 10, 1, false)
      case 'negativeSize':
        return wire.trade(venueMs, nextTradeId, ask[0], -1, false)
      case 'crossedQuote':
        return wire.quote(venueMs, nextUpdateId, ask, bid)
      case 'duplicateTrade':
        return recent.trade ?? undefined
      case 'duplicateQuote':
        return recent.quote ?? undefined
      case 'lateQuote':
        return recent.quoteBefore ?? undefined
      case 'unknownSymbol':
        return new WireFormat({ ...symbol.spec, venueSymbol: 'NOSUCHUSDT' }).trade(venueMs, 1, ask[0], 1, false)
    }
  }
}

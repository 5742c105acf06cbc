import { field, stateSchema, type StateOf, type Trade } from '@triplane/contracts'

/** How a venue prints trades: one by one, or those of one order at one price together. */
const tradeStreamNames = ['trade', 'aggTrade'] as const
type TradeStreamName = (typeof tradeStreamNames)[number]

/** What the choice needs to be known from where it was. */
export const tradeStreamSchema = stateSchema({
  /** Null before the first trade of a connection. */
  used: field.orNull(field.oneOf(tradeStreamNames)),
  /** Null while nothing was ignored. */
  said: field.orNull(field.oneOf(tradeStreamNames)),
  ignored: field.count,
})
export type TradeStreamSnapshot = StateOf<typeof tradeStreamSchema>

/**
 * Which of the two streams of trades of an instrument is used, where both come: the one that is heard first after a connect. The other
 * says the same again and is ignored.
 */
export class TradeStream {
  #used: TradeStreamName | undefined
  #said: TradeStreamName | undefined
  #ignored: number

  constructor(snapshot: TradeStreamSnapshot = { used: null, said: null, ignored: 0 }) {
    this.#used = snapshot.used ?? undefined
    this.#said = snapshot.said ?? undefined
    this.#ignored = snapshot.ignored
  }

  /** Number of trades that were ignored. */
  get ignored(): number {
    return this.#ignored
  }

  /** True, and counted, when the trade is of the stream that is not used. */
  ignores({ firstTradeId }: Trade): boolean {
    const name = firstTradeId === undefined ? 'trade' : 'aggTrade'
    this.#used ??= name
    if (this.#used === name) return false
    this.#ignored++
    return true
  }

  /** Name of the stream that is ignored, once. */
  takeNews(): TradeStreamName | undefined {
    const name = this.#used === 'trade' ? 'aggTrade' : 'trade'
    if (this.#said === name) return undefined
    this.#said = name
    return name
  }

  /** The connection is down: what comes next may be another stream. */
  onDisconnect(): void {
    this.#used = undefined
  }

  snapshot(): TradeStreamSnapshot {
    return { used: this.#used ?? null, said: this.#said ?? null, ignored: this.#ignored }
  }
}

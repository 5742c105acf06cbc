import { field, stateSchema, type StateOf, type Trade } from '@triplane/contracts'

/** How a venue reports trades: one by one, or those of one order at one price together. */
const tradeStreamNames = ['trade', 'aggTrade'] as const
type TradeStreamName = (typeof tradeStreamNames)[number]

/** The saved state of the choice. */
export const tradeStreamSchema = stateSchema({
  /** Null before the first trade of a connection. */
  used: field.orNull(field.oneOf(tradeStreamNames)),
  /** Null while nothing was ignored. */
  said: field.orNull(field.oneOf(tradeStreamNames)),
  ignored: field.count,
})
export type TradeStreamSnapshot = StateOf<typeof tradeStreamSchema>

/**
 * The choice between the two trade streams of an instrument, when both arrive: the first one after a connect is used. The other
 * repeats the same trades and is ignored.
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

  /** Number of ignored trades. */
  get ignored(): number {
    return this.#ignored
  }

  /** True, and counted, when the trade is of the unused stream. */
  ignores({ firstTradeId }: Trade): boolean {
    const name = firstTradeId === undefined ? 'trade' : 'aggTrade'
    this.#used ??= name
    if (this.#used === name) return false
    this.#ignored++
    return true
  }

  /** Name of the ignored stream, once. */
  takeNews(): TradeStreamName | undefined {
    const name = this.#used === 'trade' ? 'aggTrade' : 'trade'
    if (this.#said === name) return undefined
    this.#said = name
    return name
  }

  /** The connection is down: the next trades may be of another stream. */
  onDisconnect(): void {
    this.#used = undefined
  }

  snapshot(): TradeStreamSnapshot {
    return { used: this.#used ?? null, said: this.#said ?? null, ignored: this.#ignored }
  }
}

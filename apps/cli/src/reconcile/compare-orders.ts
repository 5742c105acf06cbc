import type { StoredOrder } from '@triplane/storage'
import { decimalOf, isSameAmount, unitsOf } from './amounts.ts'
import type { Difference, FoundFill, TopicsSide } from './sources.ts'

/** The last state of each order, by its id. */
export function lastStates(states: Iterable<StoredOrder>): Map<string, StoredOrder> {
  const last = new Map<string, StoredOrder>()
  for (const state of states) if ((last.get(state.intentId)?.seq ?? -1) < state.seq) last.set(state.intentId, state)
  return last
}

/**
 * Orders whose filled quantity is not the sum of their fills up to that state: the order plane books and publishes a fill before
 * the state that counts it. `name` is the source's, in a sentence.
 */
export function compareFilled(name: string, states: Iterable<StoredOrder>, fills: readonly FoundFill[]): Difference[] {
  const fillsOf = new Map<string, FoundFill[]>()
  for (const fill of fills) {
    const others = fillsOf.get(fill.intentId)
    if (others) others.push(fill)
    else fillsOf.set(fill.intentId, [fill])
  }
  const found: Difference[] = []
  for (const [intentId, { seq, filledQuantity }] of lastStates(states)) {
    let sum = 0n
    for (const fill of fillsOf.get(intentId) ?? []) if (fill.seq < seq) sum += unitsOf(fill.quantity) ?? 0n
    if (isSameAmount(filledQuantity, decimalOf(sum))) continue
    const detail = `filled ${filledQuantity} by its last state ${name}, ${decimalOf(sum)} by its fills there`
    found.push({ kind: 'quantity', id: intentId, what: `filled ${name}`, detail })
  }
  return found
}

/**
 * Intents that became another order than was wanted; orders that nobody wanted; and intents that ended before `marketUs`, the
 * order plane's market time, without having been ordered or refused.
 */
export function compareIntents({ intents, orders }: TopicsSide, marketUs: number): Difference[] {
  const wanted = new Map(intents.rows.map((intent) => [intent.intentId, intent]))
  const last = lastStates(orders.rows)
  const found: Difference[] = []
  const differ = (kind: Difference['kind'], id: string, what: string, detail: string) =>
    found.push({ kind, id, what, detail })
  for (const [id, order] of last) {
    const intent = wanted.get(id)
    if (intent === undefined) {
      if (intents.isWhole) differ('order', id, 'unwanted', 'on the topic of orders, not on that of intents')
      continue
    }
    const isEqual = isSameAmount(intent.quantity, order.requestedQuantity)
    const wantedText = `${intent.side} ${intent.quantity} ${intent.instrument}`
    const orderedText = `${order.side} ${order.requestedQuantity} ${order.instrument}`
    if (!isEqual || intent.side !== order.side || intent.instrument !== order.instrument)
      differ(isEqual ? 'order' : 'quantity', id, 'intent', `${wantedText} wanted, ${orderedText} ordered`)
  }
  for (const [id, { validUntilUs }] of wanted)
    if (validUntilUs < marketUs && !last.has(id) && orders.isWhole)
      differ('order', id, 'unanswered', 'on the topic of intents, neither ordered nor refused')
  return found
}

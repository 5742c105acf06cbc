import type { InstrumentId } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import type { Decision, OrderLimits } from '@triplane/strategy'

/** No quantity or price is larger. */
const MOST = 1e15

/** What a strategy may decide about. */
interface Speaker {
  readonly instruments: ReadonlySet<InstrumentId>
  /** Undefined: it gives opinions and requests no orders. */
  readonly limits: OrderLimits | undefined
}

/** Throws on an invalid decision. Strategies are not trusted: anyone may have written them. */
export function checkDecisions(decisions: readonly Decision[], speaker: Speaker): void {
  for (const decision of decisions) {
    const { type, instrument } = decision
    invariant(speaker.instruments.has(instrument), 'a strategy speaks of an instrument of the run', instrument)
    if (speaker.limits === undefined) {
      invariant(type === 'opinion', 'a strategy that asks for orders has limits of its own', type)
      const { strength } = decision
      invariant(strength >= -1 && strength <= 1, 'a strength lies in [-1, 1]', strength)
    } else {
      invariant(type === 'orders', 'a strategy has opinions, or asks for orders', type)
      checkOrders(decision)
    }
  }
}

function checkOrders({ orders }: Extract<Decision, { readonly type: 'orders' }>): void {
  const keys = new Set(orders.map(({ key }) => key))
  invariant(keys.size === orders.length, 'a strategy asks for one order under a key', orders.length)
  for (const { key, side, quantity, limitPrice, timeInForce } of orders) {
    invariant(typeof key === 'string', 'the key of an order is a text', key)
    invariant(side === 'BUY' || side === 'SELL', 'an order buys or sells', side)
    invariant(timeInForce === 'GTC' || timeInForce === 'IOC', 'an order is GTC or IOC', timeInForce)
    invariant(quantity >= 0 && quantity <= MOST, `the quantity of an order lies in [0, ${MOST}]`, quantity)
    invariant(limitPrice > 0 && limitPrice <= MOST, `the price of an order lies in (0, ${MOST}]`, limitPrice)
  }
}

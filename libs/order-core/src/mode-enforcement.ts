import { remainingUnits, type OrderStore, type TradingMode } from '@triplane/execution'
import type { OrderChanges } from './order-changes.ts'
import type { TradingDesk } from './trading-desk.ts'
import type { TradingDesks } from './trading-desks.ts'

/** Holds working orders to the trading state. Halted: no order stays. Reducing: none that opens. */
export class ModeEnforcement {
  readonly #mode: TradingMode
  readonly #orders: OrderStore
  readonly #desks: TradingDesks
  readonly #changes: OrderChanges

  constructor(deps: {
    readonly mode: TradingMode
    readonly orders: OrderStore
    readonly desks: TradingDesks
    readonly changes: OrderChanges
  }) {
    this.#mode = deps.mode
    this.#orders = deps.orders
    this.#desks = deps.desks
    this.#changes = deps.changes
  }

  /** The trading state may be another. */
  enforce(): void {
    if (this.#mode.state === 'halted') for (const order of this.#orders.open()) this.#changes.cancel(order, 'halted')
    for (const desk of this.#desks.all) this.onPosition(desk)
  }

  /** The position of a desk is another: what closed it may open now. */
  onPosition(desk: TradingDesk): void {
    if (this.#mode.state === 'reducing') this.#keepClosing(desk)
  }

  /** Keeps working orders as far as they close the position, oldest first. */
  #keepClosing({ working, positionUnits }: TradingDesk): void {
    const closingSide = positionUnits > 0n ? 'SELL' : 'BUY'
    let closable = positionUnits > 0n ? positionUnits : -positionUnits
    for (const order of [...working.orders]) {
      const remaining = remainingUnits(order)
      if (order.intent.side === closingSide && remaining <= closable) closable -= remaining
      else this.#changes.cancel(order, 'reducing')
    }
  }
}

import { closingUnits, keptUnits, type Order, type TradingMode } from '@triplane/execution'
import type { OrderChanges } from './order-changes.ts'
import type { TradingDesk } from './trading-desk.ts'
import type { TradingDesks } from './trading-desks.ts'

/** Enforces the trading state on working orders. Halted: cancels all. Reducing: cancels or lowers those that open. */
export class ModeEnforcement {
  readonly #mode: TradingMode
  readonly #desks: TradingDesks
  readonly #changes: OrderChanges

  constructor(deps: { readonly mode: TradingMode; readonly desks: TradingDesks; readonly changes: OrderChanges }) {
    this.#mode = deps.mode
    this.#desks = deps.desks
    this.#changes = deps.changes
  }

  /** Enforces it on all desks. Call it when the trading state may have changed. */
  enforce(): void {
    for (const desk of this.#desks.all) this.enforceAt(desk)
  }

  /** Enforces it on one desk. Call it when its position or orders may have changed: a closing order may open now. */
  enforceAt(desk: TradingDesk): void {
    const { state } = this.#mode
    if (state === 'halted') for (const order of [...desk.working.orders]) this.#changes.cancel(order, 'halted')
    if (state === 'reducing') this.#keepClosing(desk)
  }

  /** Keeps working orders as far as they close the position, oldest first. */
  #keepClosing(desk: TradingDesk): void {
    const { working, positionUnits } = desk
    const closingSide = positionUnits > 0n ? 'SELL' : 'BUY'
    let closable = positionUnits > 0n ? positionUnits : -positionUnits
    for (const order of [...working.orders]) {
      if (order.intent.side === closingSide) closable -= this.#keepWithin(order, closable, desk)
      else this.#changes.cancel(order, 'reducing')
    }
  }

  /** Keeps an order that closes at most `closable`, else lowers it to that or cancels it. Returns the units that it keeps. */
  #keepWithin(order: Order, closable: bigint, desk: TradingDesk): bigint {
    const kept = keptUnits(order)
    if (kept <= closable) return kept
    const units = order.state === 'pending_cancel' ? 0n : closingUnits(order, closable, desk)
    if (units > 0n) this.#changes.lower(order, order.filledUnits + units, 'reducing')
    else this.#changes.cancel(order, 'reducing')
    return units
  }
}

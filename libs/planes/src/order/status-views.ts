import { formatFixed } from '@triplane/kernel'
import { portfolioState } from '@triplane/ledger'
import type { StatusViews } from '@triplane/service'
import type { OrderPlaneCore, OrderPlaneView } from '@triplane/order-core'

/** The status views of the order plane, as JSON; quantities and money are decimal strings. */
export function orderViews(core: () => OrderPlaneCore | undefined, marketUs: () => number): StatusViews {
  const shown =
    <Shown>(show: (view: OrderPlaneView) => Shown) =>
    () => {
      const seen = core()?.view()
      return seen && show(seen)
    }
  return {
    orders: shown(ordersOf),
    positions: shown(({ account }) => {
      const { type: _, seq: __, ...portfolio } = portfolioState(account, marketUs())
      return portfolio
    }),
    owned() {
      const seen = core()
      if (seen === undefined) return undefined
      const { tradingState, open, waitingIntents } = seen.view()
      return { marketUs: marketUs(), tradingState, openOrders: open.length + waitingIntents, ...seen.account.owned() }
    },
    'kill-switches': shown(({ tradingState, switches }) => ({ tradingState, active: switches })),
  }
}

function ordersOf({ tradingState, orders, open, totals, roundTrips }: OrderPlaneView) {
  return {
    tradingState,
    counts: orders,
    denied: totals.denials,
    fills: totals.fills,
    partialFills: totals.partialFills,
    lateFills: totals.lateFills,
    roundTrips,
    open: open.map(({ intent, state, quantityUnits, filledUnits, quantityScale }) => ({
      intentId: intent.intentId,
      strategy: intent.strategy,
      instrument: intent.instrument,
      side: intent.side,
      orderType: intent.orderType,
      state,
      ...(intent.limitPrice !== undefined && { limitPrice: intent.limitPrice }),
      quantity: formatFixed(quantityUnits, quantityScale),
      filled: formatFixed(filledUnits, quantityScale),
    })),
  }
}

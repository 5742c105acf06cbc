import { switchTypes } from '@triplane/contracts'
import { formatFixed } from '@triplane/kernel'
import { numberFromMoney } from '@triplane/ledger'
import type { History } from './history.ts'
import type { LiveStatus } from './live-view.ts'
import type { Planes } from './planes.ts'
import type { Source } from '@triplane/feeds'

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Reads what the live view shows from the planes. */
export function liveStatus(planes: Planes, source: Source, history: History | undefined): LiveStatus {
  const { data, strategy, order, tally, lockstep } = planes
  const { account, switches } = strategy.core.summary()
  const orders = order.core.view()
  const positionOf = new Map(account.positions.map(({ position }) => [position.instrument, position]))
  const counted = tally.counted
  const symbols = data.core.lanes.map(({ instrument }) => instrument.symbol)
  const isShared = (symbol: string) => symbols.indexOf(symbol) !== symbols.lastIndexOf(symbol)
  return {
    marketTimeUs: lockstep.nowUs ?? source.startUs,
    frames: data.core.framesIn,
    refused: total(data.core.refused),
    gaps: counted.gaps,
    signals: counted.events.signal,
    intents: counted.events.orderIntent,
    orders: total(orders.orders),
    denied: total(orders.totals.denials),
    fills: counted.events.fill,
    openOrders: orders.open.length,
    tradingState: orders.tradingState,
    instruments: data.core.lanes
      .filter((lane) => lane.lastQuote !== undefined)
      .map(({ id, instrument: { symbol }, lastQuote, book, bars }) => {
        const position = positionOf.get(id)
        return {
          name: isShared(symbol) ? id : symbol,
          bid: lastQuote?.bid,
          ask: lastQuote?.ask,
          position: position ? formatFixed(position.quantity, position.quantityScale) : '0',
          bookValid: book?.isValid ?? true,
          barIncomplete: bars.forming('1m')?.incomplete ?? false,
        }
      }),
    equityUsd: numberFromMoney(account.equityUsd),
    pnlUsd: numberFromMoney(account.realizedUsd + account.unrealizedUsd),
    drawdownRatio: account.drawdownRatio,
    switches: switchTypes.map((type) => ({ type, ...switches[type] })),
    ...(source.progress && { progress: source.progress() }),
    ...(history && { storedRows: total(history.counts().rows) }),
  }
}

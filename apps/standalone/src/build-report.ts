import {
  orderStates,
  riskCodes,
  switchTypes,
  type OrderState,
  type RiskCode,
  type SwitchType,
} from '@triplane/contracts'
import { numberFromFixed } from '@triplane/kernel'
import { isMarkStale, markAgeUs, numberFromMoney } from '@triplane/ledger'
import type { Planes } from './planes.ts'
import { percentilesOf, reportedBar, type Report, type ReportedBook } from './report.ts'

export interface RunFacts {
  readonly run: Omit<Report['run'], 'endTimeUs' | 'marketSeconds'>
  /** Wall time of the run. */
  readonly wallSeconds: number
  readonly storage?: Report['storage']
}

/** Builds the report of a run from the state of its planes. It contains only instruments with events. */
export function buildReport(planes: Planes, { run, wallSeconds, storage }: RunFacts): Report {
  const { data, order, strategy, tally } = planes
  const heard = data.core.lanes.filter((lane) => lane.lastTrade || lane.lastQuote || lane.book?.hasBegun)
  const ids = heard.map(({ id }) => id)
  const laneOf = new Map(heard.map((lane) => [lane.id, lane]))
  const orders = order.core.view()
  const { account, strategies, markAgeLimitUs, switches } = strategy.core.summary()
  const counted = tally.counted
  const endTimeUs = planes.lockstep.nowUs ?? run.startTimeUs
  return {
    run: { ...run, endTimeUs, marketSeconds: (endTimeUs - run.startTimeUs) / 1e6 },
    frames: {
      in: data.core.framesIn,
      understood: data.core.understood,
      ignored: data.core.ignored,
      refused: { ...data.core.refused },
    },
    events: { ...counted.events },
    gaps: counted.gaps,
    invalidBooks: counted.invalidBooks,
    books: Object.fromEntries(heard.flatMap(({ id, book }) => (book ? [[id, reportedBook(book)]] : []))),
    bars: tally.barsWith((id, timeframe) => {
      const bar = laneOf.get(id)?.bars.forming(timeframe)
      return bar && reportedBar(bar)
    }, ids),
    ofi: Object.fromEntries(ids.map((id) => [id, counted.ofi[id] ?? []])),
    orders: Object.fromEntries(orderStates.map((state) => [state, orders.orders[state]])) as Record<OrderState, number>,
    denied: Object.fromEntries(riskCodes.map((code) => [code, orders.totals.denials[code]])) as Record<
      RiskCode,
      number
    >,
    execution: {
      partialFills: counted.partialFills,
      commissionUsd: numberFromMoney(orders.account.feesUsd),
      slippageBps: {
        mean: counted.events.fill === 0 ? 0 : counted.slippageBpsSum / counted.events.fill,
        worst: counted.slippageBpsWorst,
      },
      participationDownscales: orders.totals.participationDownscales,
      ordersAfterTrip: counted.ordersAfterTrip,
    },
    positions: Object.fromEntries(
      account.positions.map(({ position, isDust }) => [
        position.instrument,
        {
          quantity: numberFromFixed(position.quantity, position.quantityScale),
          mark: position.mark,
          markAgeUs: markAgeUs(position, endTimeUs),
          isMarkStale: isMarkStale(position, endTimeUs, markAgeLimitUs),
          ...(isDust && { isDust }),
        },
      ]),
    ),
    pnl: {
      realizedUsd: numberFromMoney(account.realizedUsd),
      unrealizedUsd: numberFromMoney(account.unrealizedUsd),
      feesUsd: numberFromMoney(account.feesUsd),
      equityUsd: numberFromMoney(account.equityUsd),
      maxDrawdownRatio: account.maxDrawdownRatio,
    },
    strategies: Object.fromEntries(
      strategies.map(({ strategy: name, realizedUsd, unrealizedUsd, feesUsd, maxDrawdownRatio, positions }) => [
        name,
        {
          realizedUsd: numberFromMoney(realizedUsd),
          unrealizedUsd: numberFromMoney(unrealizedUsd),
          feesUsd: numberFromMoney(feesUsd),
          maxDrawdownRatio,
          positions: Object.fromEntries(
            positions.map(({ instrument, quantity, quantityScale }) => [
              instrument,
              numberFromFixed(quantity, quantityScale),
            ]),
          ),
        },
      ]),
    ),
    killSwitches: Object.fromEntries(
      switchTypes.map((type) => {
        const { active, distanceRatio } = switches[type]
        return [type, { active, distanceRatio, trips: counted.tripped[type] }]
      }),
    ) as Report['killSwitches'] & Record<SwitchType, unknown>,
    ...(storage && { storage }),
    latencyUs: { frameToOrder: percentilesOf(Float64Array.from(planes.latenciesUs)) },
    wallSeconds,
    framesPerSecond: wallSeconds > 0 ? data.core.framesIn / wallSeconds : 0,
    ...planes.hashes(),
  }
}

type KeptBook = NonNullable<Planes['data']['core']['lanes'][number]['book']>

function reportedBook({ book, isValid, lastUpdateId }: KeptBook): ReportedBook {
  const [bid, bidSize, ask, askSize] = [book.bidPrice(0), book.bidSize(0), book.askPrice(0), book.askSize(0)]
  return {
    valid: isValid,
    ...(Number.isNaN(bid) ? {} : { bid, bidSize }),
    ...(Number.isNaN(ask) ? {} : { ask, askSize }),
    updateId: lastUpdateId,
  }
}

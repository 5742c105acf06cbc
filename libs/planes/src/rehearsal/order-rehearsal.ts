import { rank, type ExecutionEvent, type OrderIntent } from '@triplane/contracts'
import { limitPrice, quantityText, tradingTerms, wholeLots, type TradingTerms } from '@triplane/instruments'
import { Stepper } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import type { OrderPlaneConfig } from '@triplane/order-core'
import { orderPlane } from '../order/order-plane.ts'
import { rehearsedParts, RehearsedMarket, type RehearsalParts } from './rehearsed-market.ts'

/** Market time between two rehearsals, and for which an order that was denied is remembered. */
const STEP_US = 1_000_000
const RETENTION_US = 10 * STEP_US

/** What the rehearsal of an order plane is made of: the settings of the real one. */
export interface OrderRehearsalParts extends RehearsalParts {
  readonly config: OrderPlaneConfig
}

/**
 * The same for the path of an intent through the gate to a broker. Each call of what this returns judges one intent: it passes
 * every check and is sent to a paper broker of its own, whatever the broker of the run, which refuses it, because there is no book.
 * It returns what the plane put out, which reaches nobody.
 */
export function orderRehearsal({ config, ...parts }: OrderRehearsalParts): () => readonly ExecutionEvent[] {
  const { instrument, rates } = parts
  const market = new RehearsedMarket(instrument, STEP_US)
  const plane = orderPlane.build({
    ...rehearsedParts(parts),
    config: {
      ...config,
      broker: 'paper',
      marginVenues: [instrument.venue],
      orderRetentionUs: RETENTION_US,
      risk: { ...config.risk, orderWindowUs: STEP_US },
    },
    metrics: createMetrics('order_plane', { processMetrics: false }),
    onApproved: () => undefined,
  })
  const stepper = new Stepper(plane.core)
  const terms = tradingTerms(instrument, rates.usdPer(instrument.quote))
  for (const event of market.opening()) stepper.push('data-plane', event)

  return () => {
    stepper.push('data-plane', market.nextQuote())
    stepper.push('data-plane', market.trade())
    stepper.push('strategy-plane', intentOn(market, terms))
    return stepper.step(market.nowUs, rank.strategy)
  }
}

/** An order at the touch, a little larger than the venue's smallest. */
function intentOn(market: RehearsedMarket, terms: TradingTerms): OrderIntent {
  const { bid, ask, nowUs, instrument } = market
  const seq = market.nextSeq()
  const units = wholeLots((2 * terms.minNotional) / (bid * terms.contractSize), terms) + terms.lotUnits
  return {
    type: 'orderIntent',
    seq,
    intentId: `REHEARSED-${seq}`,
    strategy: 'REHEARSED',
    instrument,
    effectUs: nowUs,
    side: 'BUY',
    orderType: 'LIMIT',
    quantity: quantityText(units, terms),
    limitPrice: limitPrice(bid, 'BUY', 0, terms),
    timeInForce: 'IOC',
    postOnly: false,
    reduceOnly: false,
    decisionMid: (bid + ask) / 2,
    decisionRecvUs: nowUs,
    validUntilUs: nowUs + STEP_US,
  }
}

import type { OrderIntent, Side, TradingState } from '@triplane/contracts'
import { numberFromFixed } from '@triplane/kernel'
import { priceUnitsOf, quantityNumber, quantityUnitsOf } from '@triplane/instruments'
import { closableUnits } from './exposure.ts'
import type { Candidate, InstrumentRisk } from './risk-check.ts'

/**
 * Reads an intent into units. While the trading state is `reducing` its quantity is clipped to the position less working
 * closing orders: 0 for an order that opens. The same applies to an order across zero at a venue that accepts none.
 */
export function readCandidate(
  intent: OrderIntent,
  instrument: InstrumentRisk | undefined,
  tradingState: TradingState,
): Candidate {
  if (!instrument)
    return { intent, instrument, isClipped: false, quantityUnits: 0n, quantity: 0, limitUnits: 0n, limitPrice: 0 }
  const { terms } = instrument
  const wantedUnits = quantityUnitsOf(intent.quantity, terms)
  const closable = closableLots(instrument, intent.side)
  const mustClose = tradingState === 'reducing' || (terms.instrument.closesApart === true && closable > 0n)
  const isClipped = mustClose && closable < wantedUnits
  const quantityUnits = isClipped ? closable : wantedUnits
  const limitUnits = intent.limitPrice === undefined ? 0n : priceUnitsOf(intent.limitPrice, terms)
  return {
    intent,
    instrument,
    isClipped,
    quantityUnits,
    quantity: quantityNumber(quantityUnits, terms),
    limitUnits,
    limitPrice: numberFromFixed(limitUnits, terms.priceScale),
  }
}

/** The part of an order across zero that only closes; undefined for any other order. */
export function closingPart(candidate: Candidate): Candidate | undefined {
  const { intent, instrument, quantityUnits } = candidate
  if (!instrument) return undefined
  const closable = closableLots(instrument, intent.side)
  if (closable === 0n || closable >= quantityUnits) return undefined
  const quantity = quantityNumber(closable, instrument.terms)
  return { ...candidate, isClipped: true, quantityUnits: closable, quantity }
}

/** Closable units in whole lots: a position that was traded in finer lots has a remainder that cannot be closed. */
function closableLots(instrument: InstrumentRisk, side: Side): bigint {
  const units = closableUnits(instrument, side)
  return units - (units % instrument.terms.lotUnits)
}

/** The limit price, or for a market order the touch that it would pay. Quote currency. */
export function referencePrice(
  { intent, limitPrice }: Pick<Candidate, 'intent' | 'limitPrice'>,
  { bid, ask }: InstrumentRisk,
): number {
  if (limitPrice > 0) return limitPrice
  return intent.side === 'BUY' ? ask : bid
}

/** True when the venue accepts it at any size because it only reduces. */
export function isExempt(
  { intent, isClipped }: Pick<Candidate, 'intent' | 'isClipped'>,
  { terms }: InstrumentRisk,
): boolean {
  return (intent.reduceOnly || isClipped) && terms.exemptsReduceOnly
}

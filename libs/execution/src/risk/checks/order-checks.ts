import { exemptsReduceOnly } from '@triplane/contracts'
import { quantityNumber } from '../../trading-terms.ts'
import { closableUnits, midPrice } from '../exposure.ts'
import { instrumentCheck, type Candidate, type InstrumentRisk, type RiskCheck } from '../risk-check.ts'

/** Denies a quantity that is not a positive multiple of the lot size. */
export const lotSizeCheck = instrumentCheck('lot_size', ({ intent, quantityUnits }, { terms }) =>
  quantityUnits > 0n && quantityUnits % terms.lotUnits === 0n
    ? undefined
    : { code: 'lot_size', quantity: intent.quantity, lotSize: terms.steps.lotSize },
)

/** Denies a limit price that is not a positive multiple of the tick size, and a limit order without one. */
export const tickSizeCheck = instrumentCheck('tick_size', ({ intent, limitUnits }, { terms }) => {
  if (intent.orderType === 'MARKET' && intent.limitPrice === undefined) return undefined
  return limitUnits > 0n && limitUnits % terms.tickUnits === 0n
    ? undefined
    : { code: 'tick_size', limitPrice: intent.limitPrice ?? '', tickSize: terms.steps.tickSize }
})

/** Denies a reduce-only order that is larger than what is left to close. */
export const reduceOnlyCheck = instrumentCheck('reduce_only', ({ intent, quantity, quantityUnits }, instrument) => {
  if (!intent.reduceOnly) return undefined
  const closable = closableUnits(instrument, intent.side)
  if (quantityUnits <= closable) return undefined
  return { code: 'reduce_only', quantity, closable: quantityNumber(closable, instrument.terms) }
})

/** Denies an order below the venue's smallest value, unless it only reduces and the venue exempts that. */
export const minNotionalCheck = instrumentCheck('min_notional', (candidate, instrument) => {
  if (isExempt(candidate, instrument)) return undefined
  const notional = candidate.quantity * referencePrice(candidate, instrument)
  const limit = instrument.terms.minNotional
  return notional >= limit ? undefined : { code: 'min_notional', notional, limit }
})

/** Denies an order worth more than `maxOrderNotionalUsd`. */
export function maxNotionalCheck({ maxOrderNotionalUsd }: { readonly maxOrderNotionalUsd: number }): RiskCheck {
  return instrumentCheck('max_notional', (candidate, instrument) => {
    const notionalUsd = candidate.quantity * referencePrice(candidate, instrument) * instrument.terms.usdPerQuote
    return notionalUsd <= maxOrderNotionalUsd
      ? undefined
      : { code: 'max_notional', notionalUsd, limitUsd: maxOrderNotionalUsd }
  })
}

/** Denies a price more than `priceCollarBps` from the mid, on either side; a market order is judged by the touch it would pay. */
export function priceCollarCheck({ priceCollarBps }: { readonly priceCollarBps: number }): RiskCheck {
  return instrumentCheck('price_collar', (candidate, instrument) => {
    const mid = midPrice(instrument)
    const distanceBps = (Math.abs(referencePrice(candidate, instrument) - mid) / mid) * 10_000
    return distanceBps <= priceCollarBps ? undefined : { code: 'price_collar', distanceBps, limitBps: priceCollarBps }
  })
}

/** The limit price, or the touch that a market order would pay. Quote currency. */
export function referencePrice({ intent, limitPrice }: Candidate, { bid, ask }: InstrumentRisk): number {
  if (limitPrice > 0) return limitPrice
  return intent.side === 'BUY' ? ask : bid
}

/** The venue takes it however small it is, because it only reduces. */
export function isExempt({ intent, isClipped }: Candidate, { terms }: InstrumentRisk): boolean {
  return (intent.reduceOnly || isClipped) && exemptsReduceOnly(terms.instrument)
}

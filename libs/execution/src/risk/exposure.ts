import type { Side } from '@triplane/contracts'
import { quantityNumber } from '../trading-terms.ts'
import type { InstrumentRisk } from './risk-check.ts'

/** Mid of the newest best prices, quote currency; NaN when there is none. */
export function midPrice(instrument: InstrumentRisk): number {
  return (instrument.bid + instrument.ask) / 2
}

/** Units that an order of this side may still close: the position less working closing orders; 0 when it would open. */
export function closableUnits(instrument: InstrumentRisk, side: Side): bigint {
  const units =
    side === 'SELL'
      ? instrument.positionUnits - instrument.workingSellUnits
      : -instrument.positionUnits - instrument.workingBuyUnits
  return units > 0n ? units : 0n
}

/**
 * The largest position in US dollars that an instrument can come to when its working orders fill, all those of one side
 * and none of the other, with `extraUnits` more on `side`. Valued at the mid; 0 while there was never a price.
 */
export function worstPositionUsd(instrument: InstrumentRisk, side: Side, extraUnits: bigint): number {
  const { positionUnits, terms } = instrument
  const long = magnitude(positionUnits + instrument.workingBuyUnits + (side === 'BUY' ? extraUnits : 0n))
  const short = magnitude(positionUnits - instrument.workingSellUnits - (side === 'SELL' ? extraUnits : 0n))
  const units = long > short ? long : short
  if (units === 0n) return 0
  const usd = quantityNumber(units, terms) * midPrice(instrument) * terms.usdPerQuote
  return Number.isNaN(usd) ? 0 : usd
}

function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units
}

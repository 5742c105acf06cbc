import type { Side } from '@triplane/contracts'
import { worthUsd } from '@triplane/instruments'
import type { InstrumentRisk } from './risk-check.ts'

/** Mid of the newest best prices, quote currency; NaN without them. */
export function midPrice(instrument: InstrumentRisk): number {
  return (instrument.bid + instrument.ask) / 2
}

/** Units that an order of this side may still close: the position less working closing orders; 0 if it would open. */
export function closableUnits(instrument: InstrumentRisk, side: Side): bigint {
  const units =
    side === 'SELL'
      ? instrument.positionUnits - instrument.workingSellUnits
      : -instrument.positionUnits - instrument.workingBuyUnits
  return units > 0n ? units : 0n
}

/**
 * The largest position that an instrument can reach if its working orders fill, all those of one side and none of the
 * other, with `extraUnits` more on `side`.
 */
function worstPositionUnits(instrument: InstrumentRisk, side: Side, extraUnits: bigint): bigint {
  const { positionUnits, workingBuyUnits, workingSellUnits } = instrument
  // Most instruments of a run: the checks of every order ask for each of them.
  if (positionUnits === 0n && workingBuyUnits === 0n && workingSellUnits === 0n) return magnitude(extraUnits)
  const long = magnitude(positionUnits + workingBuyUnits + (side === 'BUY' ? extraUnits : 0n))
  const short = magnitude(positionUnits - workingSellUnits - (side === 'SELL' ? extraUnits : 0n))
  return long > short ? long : short
}

/** The same in US dollars, valued at the last mark. NaN if there is something to value and there never was a mark. */
export function worstPositionUsd(instrument: InstrumentRisk, side: Side, extraUnits: bigint): number {
  const { mark, terms } = instrument
  const units = worstPositionUnits(instrument, side, extraUnits)
  if (units === 0n) return 0
  return mark > 0 ? worthUsd(units, mark, terms) : Number.NaN
}

/** Whether an order could make the position larger than it can become without it. Needs no price. */
export function enlarges(instrument: InstrumentRisk, side: Side, units: bigint): boolean {
  return worstPositionUnits(instrument, side, units) > worstPositionUnits(instrument, side, 0n)
}

function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units
}

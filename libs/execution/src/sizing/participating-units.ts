import type { Side } from '@triplane/contracts'
import { wholeLots } from '@triplane/instruments'
import { midPrice } from '../risk/exposure.ts'
import type { InstrumentRisk } from '../risk/risk-check.ts'

/** What is left of a position is worth so many times the smallest order: it can be closed after its price has fallen too. */
const REMAINDER_RATIO = 2

/**
 * The part of an order, in whole lots, that participation leaves: all of it, less, or 0. One that is cut down leaves no
 * position behind that is too small to be closed: it leaves more of it, or ends at flat where it would just cross zero.
 */
export function participatingUnits(side: Side, units: bigint, instrument: InstrumentRisk, nowUs: number): bigint {
  const { terms, positionUnits } = instrument
  const allowed = instrument.participationUnits(nowUs)
  if (allowed >= units) return units
  const isClosing = positionUnits !== 0n && positionUnits > 0n === (side === 'SELL')
  if (!isClosing || terms.exemptsReduceOnly) return allowed

  const held = positionUnits < 0n ? -positionUnits : positionUnits
  const sound =
    wholeLots((REMAINDER_RATIO * terms.minNotional) / (midPrice(instrument) * terms.contractSize), terms) +
    terms.lotUnits
  const left = allowed < held ? held - allowed : allowed - held
  if (left === 0n || left >= sound) return allowed
  const most = allowed > held ? held : held - sound
  return most > 0n ? most - (most % terms.lotUnits) : 0n
}

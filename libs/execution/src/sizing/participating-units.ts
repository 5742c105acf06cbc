import type { Side } from '@triplane/contracts'
import { wholeLots } from '@triplane/instruments'
import { midPrice } from '../risk/exposure.ts'
import type { InstrumentRisk } from '../risk/risk-check.ts'

/** The least worth of a remaining position, in smallest orders, so that it can be closed after a fall of its price too. */
const REMAINDER_RATIO = 2

/**
 * The part of an order, in whole lots, that participation allows: all, less or 0. A reduced order never leaves a position
 * too small to be closed: it leaves a larger one, or stops at flat instead of just crossing zero.
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

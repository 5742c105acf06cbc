import { decimalsOf, MONEY_SCALE } from '@triplane/kernel'
import type { MarketStatus } from './events/market-status.ts'
import type { Instrument } from './instrument.ts'
import { field, stateSchema, type StateOf } from './state/state-schema.ts'

/** The steps of an instrument's prices and sizes, and its smallest order value, as decimal strings. */
export const stepsSchema = stateSchema({ tickSize: field.text, lotSize: field.text, minNotional: field.text })
export type Steps = StateOf<typeof stepsSchema>

/** The steps of the instruments file: in force until the venue's own list gives others. */
export function stepsOf({ tickSize, lotSize, minNotional }: Instrument): Steps {
  return { tickSize, lotSize, minNotional }
}

/** The steps in a `steps_known`; undefined for any other status. */
export function knownSteps({ status, tickSize, lotSize, minNotional }: MarketStatus): Steps | undefined {
  if (status !== 'steps_known' || tickSize === undefined || lotSize === undefined || minNotional === undefined)
    return undefined
  return { tickSize, lotSize, minNotional }
}

/**
 * Decimal digits of prices or quantities that are booked in units: 8, the most of any venue, or those of a finer step. So steps
 * may change, within a run or between two, without changing what is booked.
 */
export function unitScale(step: string): number {
  return Math.max(MONEY_SCALE, decimalsOf(step))
}

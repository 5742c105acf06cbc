import { duplicate } from './checks/duplicate.ts'
import { expired } from './checks/expired.ts'
import { futureIntent } from './checks/future-intent.ts'
import { grossExposure } from './checks/gross-exposure.ts'
import { insufficientHoldings } from './checks/insufficient-holdings.ts'
import { invalidBook } from './checks/invalid-book.ts'
import { killSwitch } from './checks/kill-switch.ts'
import { lotSize } from './checks/lot-size.ts'
import { maxNotional } from './checks/max-notional.ts'
import { maxPosition } from './checks/max-position.ts'
import { minNotional } from './checks/min-notional.ts'
import { noMark } from './checks/no-mark.ts'
import { noRate } from './checks/no-rate.ts'
import { orderRate } from './checks/order-rate.ts'
import { participation } from './checks/participation.ts'
import { priceCollar } from './checks/price-collar.ts'
import { reduceOnly } from './checks/reduce-only.ts'
import { sessionClosed } from './checks/session-closed.ts'
import { staleMarket } from './checks/stale-market.ts'
import { stepsUnknown } from './checks/steps-unknown.ts'
import { tickSize } from './checks/tick-size.ts'
import { tradingState } from './checks/trading-state.ts'
import { unknownInstrument } from './checks/unknown-instrument.ts'
import type { CheckDefinition, RiskCheck } from './define-check.ts'

/** All checks, one per risk code, in the order of the codes; the first refusal wins. */
export const checkDefinitions = [
  killSwitch,
  tradingState,
  duplicate,
  expired,
  futureIntent,
  unknownInstrument,
  stepsUnknown,
  sessionClosed,
  staleMarket,
  noRate,
  invalidBook,
  noMark,
  lotSize,
  tickSize,
  reduceOnly,
  minNotional,
  maxNotional,
  priceCollar,
  insufficientHoldings,
  maxPosition,
  grossExposure,
  orderRate,
  participation,
] as const

type Definition = (typeof checkDefinitions)[number]
type RejectOf<D> = D extends CheckDefinition<infer _, infer __, infer Reject> ? Reject : never
type LimitOf<D> = D extends { readonly limits: infer Limits } ? keyof Limits : never

/** Why an intent is refused, with the numbers. `code` is also the metric label. */
export type RiskReject = RejectOf<Definition>

/** The limits of all checks. */
export type RiskLimits = Readonly<Record<LimitOf<Definition>, number>>

/** All checks with their limits. */
export function standardChecks(limits: RiskLimits): readonly RiskCheck<RiskReject>[] {
  return checkDefinitions.map((definition): RiskCheck<RiskReject> => definition.create(limits))
}

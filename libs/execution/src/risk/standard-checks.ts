import { grossExposureCheck, maxPositionCheck, noMarkCheck } from './checks/exposure-checks.ts'
import { insufficientHoldingsCheck } from './checks/holdings-check.ts'
import { orderRateCheck, participationCheck } from './checks/flow-checks.ts'
import { duplicateCheck, expiredCheck, futureIntentCheck } from './checks/intent-checks.ts'
import {
  invalidBookCheck,
  sessionCheck,
  staleMarketCheck,
  stepsUnknownCheck,
  unknownInstrumentCheck,
} from './checks/market-checks.ts'
import {
  lotSizeCheck,
  maxNotionalCheck,
  minNotionalCheck,
  priceCollarCheck,
  reduceOnlyCheck,
  tickSizeCheck,
} from './checks/order-checks.ts'
import { killSwitchCheck, tradingStateCheck } from './checks/state-checks.ts'
import type { RiskCheck } from './risk-check.ts'

export interface RiskLimits {
  readonly maxFutureUs: number
  readonly maxMarketAgeUs: number
  readonly maxOrderNotionalUsd: number
  readonly priceCollarBps: number
  readonly maxPositionUsd: number
  readonly maxGrossUsd: number
  readonly maxOrders: number
  readonly orderWindowUs: number
}

/**
 * Every check, one for each risk code and in the order of the codes. Each passes only what it finds within its limit: a number
 * that cannot be computed (NaN) is refused.
 */
export function standardChecks(limits: RiskLimits): readonly RiskCheck[] {
  return [
    killSwitchCheck,
    tradingStateCheck,
    duplicateCheck,
    expiredCheck,
    futureIntentCheck(limits),
    unknownInstrumentCheck,
    stepsUnknownCheck,
    sessionCheck,
    staleMarketCheck(limits),
    invalidBookCheck,
    noMarkCheck,
    lotSizeCheck,
    tickSizeCheck,
    reduceOnlyCheck,
    minNotionalCheck,
    maxNotionalCheck(limits),
    priceCollarCheck(limits),
    insufficientHoldingsCheck,
    maxPositionCheck(limits),
    grossExposureCheck(limits),
    orderRateCheck(limits),
    participationCheck,
  ]
}

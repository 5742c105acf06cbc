import type { OrderIntent } from '@triplane/contracts'
import { err, invariant, ok, type Result } from '@triplane/kernel'
import { quantityText, quantityUnitsOf } from '../trading-terms.ts'
import { killSwitchCheck } from './checks/state-checks.ts'
import type { AccountRisk, Candidate, InstrumentRisk, RiskCheck, RiskReject } from './risk-check.ts'

declare const approved: unique symbol
/** What passed every risk check. Only this file makes one. */
export type Approved<T> = T & { readonly [approved]: true }

export interface RiskGate {
  /** Runs the checks in order; the first refusal wins. What is approved has the candidate's quantity. */
  approve(candidate: Candidate, account: AccountRisk): Result<Approved<OrderIntent>, RiskReject>
  /** Looks at the kill switch once more, at submit. */
  confirm(candidate: Candidate, account: AccountRisk): RiskReject | undefined
}

/** Builds the gate that every order passes. */
export function createRiskGate(checks: readonly RiskCheck[]): RiskGate {
  return {
    approve(candidate, account) {
      for (let i = 0; i < checks.length; i++) {
        const reject = (checks[i] as RiskCheck).refuse(candidate, account)
        if (reject) return err(reject)
      }
      const { intent, instrument, isClipped, quantityUnits } = candidate
      invariant(instrument !== undefined, 'an approved order has a known instrument', intent.symbol)
      const order = isClipped ? { ...intent, quantity: quantityText(quantityUnits, instrument.terms) } : intent
      return ok(order as Approved<OrderIntent>)
    },
    confirm: killSwitchCheck.refuse,
  }
}

/** The approved order made smaller by sizing. It never grows. */
export function downsized(
  order: Approved<OrderIntent>,
  units: bigint,
  instrument: InstrumentRisk,
): Approved<OrderIntent> {
  const { terms } = instrument
  invariant(units > 0n && units <= quantityUnitsOf(order.quantity, terms), 'sizing leaves part of the order', units)
  return { ...order, quantity: quantityText(units, terms) }
}

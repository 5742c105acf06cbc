import { field, type OrderIntent, type RiskCode } from '@triplane/contracts'
import { err, invariant, ok, type Result } from '@triplane/kernel'
import { quantityText, quantityUnitsOf } from '../trading-terms.ts'
import { closingPart } from './candidate.ts'
import { killSwitchCheck } from './checks/state-checks.ts'
import type { AccountRisk, Candidate, InstrumentRisk, RiskCheck, RiskReject } from './risk-check.ts'

declare const approved: unique symbol
/** What passed every risk check. Only this file makes one. */
export type Approved<T> = T & { readonly [approved]: true }

/** An approved order as it is saved: what was approved is so still when it is taken up again. */
export const approvedOrderSchema = field.as<Approved<OrderIntent>>(field.event('orderIntent'))

export interface RiskGate {
  /**
   * Runs the checks in order; the first refusal wins. An order across zero of which a limit refuses what opens is approved
   * for what closes. What is approved has the candidate's quantity; what was clipped to close is reduce-only.
   */
  approve(candidate: Candidate, account: AccountRisk): Result<Approved<OrderIntent>, RiskReject>
  /** Looks at the kill switch once more, at submit. */
  confirm(candidate: Candidate, account: AccountRisk): RiskReject | undefined
}

/** Limits of what is held: what only closes is never what they refuse. */
const openingLimits: ReadonlySet<RiskCode> = new Set(['insufficient_holdings', 'max_position', 'gross_exposure'])

/** Builds the gate that every order passes. */
export function createRiskGate(checks: readonly RiskCheck[]): RiskGate {
  function firstRefusal(candidate: Candidate, account: AccountRisk): RiskReject | undefined {
    for (let i = 0; i < checks.length; i++) {
      const reject = (checks[i] as RiskCheck).refuse(candidate, account)
      if (reject) return reject
    }
    return undefined
  }

  return {
    approve(candidate, account) {
      let approvable = candidate
      let reject = firstRefusal(approvable, account)
      const closing = reject && openingLimits.has(reject.code) ? closingPart(candidate) : undefined
      if (closing && !firstRefusal(closing, account)) {
        approvable = closing
        reject = undefined
      }
      if (reject) return err(reject)
      const { intent, instrument, isClipped, quantityUnits } = approvable
      invariant(instrument !== undefined, 'an approved order has a known instrument', intent.symbol)
      const quantity = quantityText(quantityUnits, instrument.terms)
      const order = isClipped ? { ...intent, quantity, reduceOnly: true } : intent
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

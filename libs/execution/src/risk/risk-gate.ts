import { field, type OrderIntent } from '@triplane/contracts'
import { err, invariant, ok, type Result } from '@triplane/kernel'
import { quantityText, quantityUnitsOf } from '@triplane/instruments'
import { closingPart } from './candidate.ts'
import { killSwitch } from './checks/kill-switch.ts'
import type { RiskCheck } from './define-check.ts'
import type { AccountRisk, Candidate, InstrumentRisk } from './risk-check.ts'
import type { RiskReject } from './standard-checks.ts'

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

/** Builds the gate that every order passes. */
export function createRiskGate(checks: readonly RiskCheck<RiskReject>[]): RiskGate {
  const openingLimits = new Set(checks.filter(({ limitsHoldings }) => limitsHoldings).map(({ code }) => code))

  function firstRefusal(candidate: Candidate, account: AccountRisk): RiskReject | undefined {
    for (let i = 0; i < checks.length; i++) {
      const reject = (checks[i] as RiskCheck<RiskReject>).refuse(candidate, account)
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
      invariant(instrument !== undefined, 'an approved order has a known instrument', intent.instrument)
      const quantity = quantityText(quantityUnits, instrument.terms)
      const order = isClipped ? { ...intent, quantity, reduceOnly: true } : intent
      return ok(order as Approved<OrderIntent>)
    },
    confirm: killSwitch.create({}).refuse,
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

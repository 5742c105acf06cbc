import { field, type OrderIntent } from '@triplane/contracts'
import { err, invariant, ok, type Result } from '@triplane/kernel'
import { quantityText, quantityUnitsOf } from '@triplane/instruments'
import { closingPart } from './candidate.ts'
import { killSwitch } from './checks/kill-switch.ts'
import type { RiskCheck } from './define-check.ts'
import type { AccountRisk, Candidate, InstrumentRisk } from './risk-check.ts'
import type { RiskReject } from './standard-checks.ts'

declare const approved: unique symbol
/** Marks a value that passed every risk check. Only this file creates one. */
export type Approved<T> = T & { readonly [approved]: true }

/** The schema of a saved approved order: it stays approved when restored. */
export const approvedOrderSchema = field.as<Approved<OrderIntent>>(field.event('orderIntent'))

export interface RiskGate {
  /**
   * Runs the checks in order; the first refusal wins. If a limit refuses the opening part of an order across zero, the closing
   * part is approved. The approved order has the candidate's quantity; a clipped one is reduce-only.
   */
  approve(candidate: Candidate, account: AccountRisk): Result<Approved<OrderIntent>, RiskReject>
  /** Checks the kill switch once more, at submit. */
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

/** Reduces an approved order to the quantity after sizing. It never grows. */
export function downsized(
  order: Approved<OrderIntent>,
  units: bigint,
  instrument: InstrumentRisk,
): Approved<OrderIntent> {
  const { terms } = instrument
  invariant(units > 0n && units <= quantityUnitsOf(order.quantity, terms), 'sizing leaves part of the order', units)
  return { ...order, quantity: quantityText(units, terms) }
}

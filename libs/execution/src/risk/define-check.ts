import type { RiskCode, InstrumentId } from '@triplane/contracts'
import type { AccountRisk, Candidate, InstrumentRisk } from './risk-check.ts'

/** A refusal that names its check. `code` is also the metric label. */
export type RejectWith<Code extends RiskCode, Numbers> = { readonly code: Code } & Readonly<Numbers>

/** The refusal of an unknown instrument by every check that needs the instrument, whatever its place in the list. */
export type UnknownInstrument = RejectWith<'unknown_instrument', { readonly instrument: InstrumentId }>

/** A check with its limits: returns its refusal, or undefined to pass. */
export interface RiskCheck<Reject = { readonly code: RiskCode }> {
  readonly code: RiskCode
  /** It limits holdings: it never refuses the part of an order that only closes. */
  readonly limitsHoldings: boolean
  readonly refuse: (candidate: Candidate, account: AccountRisk) => Reject | undefined
}

/** The complete definition of a risk check: everything else about it is derived from this or checked against it. */
export interface CheckDefinition<Code extends RiskCode = RiskCode, Limit extends string = string, Reject = unknown> {
  readonly code: Code
  /** What it refuses, one or two sentences. */
  readonly doc: string
  /** The description of each of its limits, by name, with its unit. */
  readonly limits: Readonly<Record<Limit, string>>
  readonly create: (limits: Readonly<Record<Limit, number>>) => RiskCheck<Reject>
}

interface Common<Code extends RiskCode, Limit extends string> {
  readonly code: Code
  readonly doc: string
  readonly limits?: Readonly<Record<Limit, string>>
  readonly limitsHoldings?: boolean
}

type OfAccount<Limit extends string, Numbers> = (
  candidate: Candidate,
  account: AccountRisk,
  limits: Readonly<Record<Limit, number>>,
) => Numbers | undefined
type OfInstrument<Limit extends string, Numbers> = (
  candidate: Candidate,
  instrument: InstrumentRisk,
  account: AccountRisk,
  limits: Readonly<Record<Limit, number>>,
) => Numbers | undefined

/** The definition of a check that refuses as `refuseWithin` makes it of the limits. */
function checkOf<Code extends RiskCode, Limit extends string, Reject>(
  { code, doc, limits = {} as Readonly<Record<Limit, string>>, limitsHoldings = false }: Common<Code, Limit>,
  refuseWithin: (limits: Readonly<Record<Limit, number>>) => RiskCheck<Reject>['refuse'],
): CheckDefinition<Code, Limit, Reject> {
  return { code, doc, limits, create: (values) => ({ code, limitsHoldings, refuse: refuseWithin(values) }) }
}

/**
 * Defines a check of the account. `refuse` returns the numbers of its refusal. It must pass only what it finds within its
 * limit, so that a number that cannot be computed (NaN) is refused.
 */
export function defineCheck<const Code extends RiskCode, Numbers extends object, const Limit extends string = never>(
  definition: Common<Code, Limit> & { readonly refuse: OfAccount<Limit, Numbers> },
): CheckDefinition<Code, Limit, RejectWith<Code, Numbers>> {
  const { code, refuse } = definition
  return checkOf(definition, (limits) => (candidate, account): RejectWith<Code, Numbers> | undefined => {
    const numbers = refuse(candidate, account, limits)
    return numbers && { code, ...numbers }
  })
}

/** Defines a check of a known instrument: an unknown one is refused before `refuse` is called. */
export function defineInstrumentCheck<
  const Code extends RiskCode,
  Numbers extends object,
  const Limit extends string = never,
>(
  definition: Common<Code, Limit> & { readonly refuse: OfInstrument<Limit, Numbers> },
): CheckDefinition<Code, Limit, RejectWith<Code, Numbers> | UnknownInstrument> {
  const { code, refuse } = definition
  return checkOf(
    definition,
    (limits) =>
      (candidate, account): RejectWith<Code, Numbers> | UnknownInstrument | undefined => {
        const { instrument, intent } = candidate
        if (!instrument) return { code: 'unknown_instrument', instrument: intent.instrument }
        const numbers = refuse(candidate, instrument, account, limits)
        return numbers && { code, ...numbers }
      },
  )
}

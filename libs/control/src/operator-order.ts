import type { OperatorCommandCode, TradingState } from '@triplane/contracts'
import type { OwnedDocument } from './owned-document.ts'

/** Who ordered something, and why. */
interface Ordered {
  /** The name of the operator's token. */
  readonly who: string
  readonly why: string
  /** Wall time, microseconds. */
  readonly atUs: number
}

/** What an operator ordered. */
export interface OperatorOrder extends Ordered {
  readonly command: OperatorCommandCode
}

export type ParameterValue = number | boolean | string

/** Other parameters for a strategy. */
export interface Tuning {
  readonly strategy: string
  /** Those that change. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
}

/** An operator tuned a strategy. */
export interface TuningOrder extends Ordered, Tuning {
  readonly command: 'tune'
}

/** An operator opens the account of a new run with what it owned. */
export interface OpeningOrder extends Ordered {
  readonly command: 'open'
  readonly document: OwnedDocument
}

/** An order for the audit. */
export type AuditEntry = (OperatorOrder | TuningOrder | OpeningOrder) & {
  /** The trading state before the order. */
  readonly before: TradingState
  /** The trading state after it; of an order that waits for this entry, the one that it asks for. */
  readonly after: TradingState
}

/** What the operators want of the plane until they say otherwise: their newest order that is neither done nor undone. */
export interface StandingOrder {
  readonly state: TradingState
  readonly who: string
  readonly why: string
  readonly atUs: number
}

/** The command that brings about a standing order. */
export const commandFor = { halted: 'halt', reducing: 'reduce', active: 'resume' } as const satisfies Record<
  TradingState,
  OperatorCommandCode
>

/** What a command makes of the operators' standing order; a re-arm leaves it alone. */
export const stateOrderedBy = { halt: 'halted', reduce: 'reducing', resume: 'active', rearm: undefined } as const

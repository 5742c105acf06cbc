import type { OperatorCommandCode, TradingState } from '@triplane/contracts'
import type { OwnedDocument } from './owned-document.ts'
import type { RedrivenRecord } from './redrive-order.ts'
import type { RunRequest } from './run-order.ts'

/** Who gave an order, and why. */
interface Ordered {
  /** The name of the operator's token. */
  readonly who: string
  readonly why: string
  /** Wall time, microseconds. */
  readonly atUs: number
}

/** An operator's order. */
export interface OperatorOrder extends Ordered {
  readonly command: OperatorCommandCode
}

export type ParameterValue = number | boolean | string

/** New parameters for a strategy. */
export interface Tuning {
  readonly strategy: string
  /** The parameters that change. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
}

/** An order to tune a strategy. */
export interface TuningOrder extends Ordered, Tuning {
  readonly command: 'tune'
}

/** An order to open the account of a new run with what it owned. */
export interface OpeningOrder extends Ordered {
  readonly command: 'open'
  readonly document: OwnedDocument
}

/** An order to start a run. */
interface StartOrder extends Ordered {
  readonly command: 'start'
  readonly run: RunRequest
}

/** An order to give a refused record to the planes. */
interface RedriveOrder extends Ordered {
  readonly command: 'redrive'
  readonly record: RedrivenRecord
}

/** An order for the audit. */
export type AuditEntry = (OperatorOrder | TuningOrder | OpeningOrder | StartOrder | RedriveOrder) & {
  /** The trading state before the order. */
  readonly before: TradingState
  /** The trading state after it; for an order that waits for this entry, the strictest reason that remains then. */
  readonly after: TradingState
  /** The trading state that it asks for, if it asks for one. */
  readonly asked?: TradingState
}

/** The operators' standing order: their newest one that is neither completed nor undone. */
export interface StandingOrder {
  readonly state: TradingState
  readonly who: string
  readonly why: string
  readonly atUs: number
}

/** The command that leads to a standing order. */
export const commandFor = { halted: 'halt', reducing: 'reduce', active: 'resume' } as const satisfies Record<
  TradingState,
  OperatorCommandCode
>

/** The standing order after a command; a re-arm and an adoption do not change it. */
export const stateOrderedBy = {
  halt: 'halted',
  reduce: 'reducing',
  resume: 'active',
  rearm: undefined,
  adopt: undefined,
} as const

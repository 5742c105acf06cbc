import {
  field,
  riskCodes,
  stateSchema,
  zeroCounts,
  type EventDraft,
  type Fill,
  type RiskCode,
  type StateOf,
} from '@triplane/contracts'

/** The totals as they are saved. */
export const executionTotalsSchema = stateSchema({
  denials: field.countsOf(riskCodes),
  participationDownscales: field.count,
  unknownReplies: field.count,
  unknownCancels: field.count,
  fills: field.count,
  partialFills: field.count,
  lateFills: field.count,
  slippageCostUsd: field.real,
  filledUsd: field.real,
  worstSlippageBps: field.real,
})
export type ExecutionTotalsSnapshot = StateOf<typeof executionTotalsSchema>

const nothingCounted: ExecutionTotalsSnapshot = {
  denials: zeroCounts(riskCodes),
  participationDownscales: 0,
  unknownReplies: 0,
  unknownCancels: 0,
  fills: 0,
  partialFills: 0,
  lateFills: 0,
  slippageCostUsd: 0,
  filledUsd: 0,
  worstSlippageBps: 0,
}

/** What the order plane counts over a run beside the states of its orders. */
export class ExecutionTotals {
  readonly denials: Record<RiskCode, number>
  participationDownscales: number
  /** Answers about orders that nobody remembers, fills apart. */
  unknownReplies: number
  /** Cancels asked for of orders that nobody remembers. */
  unknownCancels: number
  #fills: number
  #partialFills: number
  #lateFills: number
  #slippageCostUsd: number
  #filledUsd: number
  #worstSlippageBps: number

  constructor(saved: ExecutionTotalsSnapshot = nothingCounted) {
    this.denials = { ...saved.denials }
    this.participationDownscales = saved.participationDownscales
    this.unknownReplies = saved.unknownReplies
    this.unknownCancels = saved.unknownCancels
    this.#fills = saved.fills
    this.#partialFills = saved.partialFills
    this.#lateFills = saved.lateFills
    this.#slippageCostUsd = saved.slippageCostUsd
    this.#filledUsd = saved.filledUsd
    this.#worstSlippageBps = saved.worstSlippageBps
  }

  /** Counts a fill, whose quantity was worth `midNotionalUsd` at the mid of its decision. */
  addFill(fill: EventDraft<Fill>, midNotionalUsd: number): void {
    this.#fills++
    if (fill.status === 'PARTIAL_FILL') this.#partialFills++
    if (fill.isLate) this.#lateFills++
    this.#filledUsd += midNotionalUsd
    this.#slippageCostUsd += (midNotionalUsd * fill.slippageBps) / 10_000
    if (fill.slippageBps > this.#worstSlippageBps) this.#worstSlippageBps = fill.slippageBps
  }

  snapshot(): ExecutionTotalsSnapshot {
    return {
      denials: { ...this.denials },
      participationDownscales: this.participationDownscales,
      unknownReplies: this.unknownReplies,
      unknownCancels: this.unknownCancels,
      fills: this.#fills,
      partialFills: this.#partialFills,
      lateFills: this.#lateFills,
      slippageCostUsd: this.#slippageCostUsd,
      filledUsd: this.#filledUsd,
      worstSlippageBps: this.#worstSlippageBps,
    }
  }
}

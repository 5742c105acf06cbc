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

/** The saved totals. */
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

/** The order plane's counts over a run, beside those of order states. */
export class ExecutionTotals {
  readonly denials: Record<RiskCode, number>
  participationDownscales: number
  /** Reports about forgotten orders, except fills. */
  unknownReplies: number
  /** Requests to cancel forgotten orders. */
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

  /** Counts a fill; `midNotionalUsd` is the worth of its quantity at the mid of its decision. */
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

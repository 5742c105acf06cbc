import { riskCodes, type Fill, type RiskCode } from '@triplane/contracts'

export interface ExecutionTotalsSnapshot {
  readonly denials: Readonly<Record<RiskCode, number>>
  readonly participationDownscales: number
  readonly unknownReplies: number
  readonly unknownCancels: number
  readonly fills: number
  readonly partialFills: number
  readonly slippageCostUsd: number
  readonly filledUsd: number
  readonly worstSlippageBps: number
}

/** What the order plane counts over a run beside the states of its orders. */
export class ExecutionTotals {
  readonly denials: Record<RiskCode, number>
  participationDownscales: number
  /** Answers about orders that nobody remembers. */
  unknownReplies: number
  /** Wishes to cancel orders that nobody remembers. */
  unknownCancels: number
  #fills: number
  #partialFills: number
  #slippageCostUsd: number
  #filledUsd: number
  #worstSlippageBps: number

  constructor(snapshot?: ExecutionTotalsSnapshot) {
    this.denials = Object.fromEntries(riskCodes.map((code) => [code, snapshot?.denials[code] ?? 0])) as Record<
      RiskCode,
      number
    >
    this.participationDownscales = snapshot?.participationDownscales ?? 0
    this.unknownReplies = snapshot?.unknownReplies ?? 0
    this.unknownCancels = snapshot?.unknownCancels ?? 0
    this.#fills = snapshot?.fills ?? 0
    this.#partialFills = snapshot?.partialFills ?? 0
    this.#slippageCostUsd = snapshot?.slippageCostUsd ?? 0
    this.#filledUsd = snapshot?.filledUsd ?? 0
    this.#worstSlippageBps = snapshot?.worstSlippageBps ?? 0
  }

  addFill(fill: Fill, usdPerQuote: number): void {
    const midNotionalUsd = Number(fill.quantity) * fill.decisionMid * usdPerQuote
    this.#fills++
    if (fill.status === 'PARTIAL_FILL') this.#partialFills++
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
      slippageCostUsd: this.#slippageCostUsd,
      filledUsd: this.#filledUsd,
      worstSlippageBps: this.#worstSlippageBps,
    }
  }
}

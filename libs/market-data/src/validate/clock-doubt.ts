import { field, stateSchema, type StateOf } from '@triplane/contracts'

/** Lags that have agreed with each other since `fromUs`. Microseconds. */
const agreeingSchema = stateSchema({ fromUs: field.timeUs, minUs: field.timeUs, maxUs: field.timeUs })
type AgreeingLags = StateOf<typeof agreeingSchema>

/** The saved state of a clock doubt. */
export const clockDoubtSchema = stateSchema({
  fromUs: field.timeUs,
  lastUs: field.timeUs,
  agreeing: field.orNull(agreeingSchema),
})
export type ClockDoubtSnapshot = StateOf<typeof clockDoubtSchema>

/**
 * What to do with an event that is ahead of the clock: let it pass, refuse it, or adopt the offset on which it and others
 * agree.
 */
export type DoubtVerdict = 'passes' | 'refused' | 'agreed'

/**
 * Events of one stream that are further ahead of the clock offset than the limit. They pass for a while; lags that stay within
 * the limit of each other for that long agree on a new offset; lags that begin to agree only after that while are refused until
 * they do.
 */
export class ClockDoubt {
  readonly #limitUs: number
  readonly #agreeUs: number
  #fromUs: number
  #lastUs: number
  #agreeing: AgreeingLags | undefined

  constructor(
    nowUs: number,
    limits: { readonly limitUs: number; readonly agreeUs: number },
    saved?: ClockDoubtSnapshot,
  ) {
    this.#limitUs = limits.limitUs
    this.#agreeUs = limits.agreeUs
    this.#fromUs = saved ? saved.fromUs : nowUs
    this.#lastUs = saved ? saved.lastUs : nowUs
    this.#agreeing = saved?.agreeing ?? undefined
  }

  /** When the current events ahead began to agree. */
  get agreeingFromUs(): number {
    return this.#agreeing?.fromUs ?? this.#lastUs
  }

  /** The smallest of the agreeing lags. */
  get minLagUs(): number {
    return this.#agreeing?.minUs ?? 0
  }

  /** Handles an event that is ahead. */
  onAhead(nowUs: number, lagUs: number): DoubtVerdict {
    this.#lastUs = nowUs
    const agreeing = this.#join(lagUs) ?? { fromUs: nowUs, minUs: lagUs, maxUs: lagUs }
    this.#agreeing = agreeing
    if (nowUs - agreeing.fromUs >= this.#agreeUs) return 'agreed'
    return agreeing.fromUs < this.#fromUs + this.#agreeUs ? 'passes' : 'refused'
  }

  /** Handles an event of the stream that is not ahead: it contradicts unless it fits. True when the doubt is over. */
  onNormal(nowUs: number, lagUs: number): boolean {
    this.#agreeing = this.#join(lagUs)
    return nowUs - this.#lastUs >= this.#agreeUs
  }

  snapshot(): ClockDoubtSnapshot {
    return { fromUs: this.#fromUs, lastUs: this.#lastUs, agreeing: this.#agreeing ?? null }
  }

  #join(lagUs: number): AgreeingLags | undefined {
    if (this.#agreeing === undefined) return undefined
    const minUs = Math.min(this.#agreeing.minUs, lagUs)
    const maxUs = Math.max(this.#agreeing.maxUs, lagUs)
    return maxUs - minUs <= this.#limitUs ? { fromUs: this.#agreeing.fromUs, minUs, maxUs } : undefined
  }
}

import { field, stateSchema, type StateOf } from '@triplane/contracts'

export interface SelfReleaseConfig {
  /** Market time for which every source must have been healthy. */
  readonly releaseAfterMs: number
  /** The number of releases within a window; 0: never. */
  readonly maxReleases: number
  /** Market time over which releases are counted. */
  readonly releaseWindowMs: number
}

/** The releases as they are saved. */
export const selfReleaseSchema = stateSchema({
  /** Market time since which every source has been healthy; null while the switch is inactive or one is not. */
  healthySinceUs: field.orNull(field.timeUs),
  /** Only an operator re-arms the switch. */
  isLatched: field.flag,
  /** Market time of the newest releases, oldest first. */
  releasesUs: field.list(field.timeUs),
})
export type SelfReleaseSnapshot = StateOf<typeof selfReleaseSchema>

/**
 * Decides when a switch whose cause heals is released without an operator.
 *
 * Invariants
 * 1. It is released only after `releaseAfterMs` during which every judgement found every source healthy.
 * 2. Within any `releaseWindowMs` it is released at most `maxReleases` times; the trip after that latches.
 */
export class SelfRelease {
  readonly #config: SelfReleaseConfig
  #healthySinceUs: number | null
  #isLatched: boolean
  #releasesUs: readonly number[]

  constructor(config: SelfReleaseConfig, snapshot?: SelfReleaseSnapshot) {
    this.#config = config
    this.#healthySinceUs = snapshot?.healthySinceUs ?? null
    this.#isLatched = snapshot?.isLatched ?? false
    this.#releasesUs = snapshot?.releasesUs ?? []
  }

  /** The switch tripped at a market time. Gives why it latches; undefined when it may be released again. */
  onTrip(nowUs: number): string | undefined {
    const { maxReleases, releaseWindowMs } = this.#config
    this.#releasesUs = this.#releasesUs.filter((releaseUs) => nowUs - releaseUs < releaseWindowMs * 1000)
    this.#healthySinceUs = null
    this.#isLatched = this.#releasesUs.length >= maxReleases
    if (!this.#isLatched) return undefined
    if (maxReleases === 0) return 'it is never released by itself'
    return `it was released by itself ${maxReleases} times within ${releaseWindowMs / 1000} s, now an operator has to`
  }

  /** Leaves the active switch to an operator. */
  latch(): void {
    this.#healthySinceUs = null
    this.#isLatched = true
  }

  /** Judges the active switch. Gives why it is released; undefined while it is not. */
  judge(nowUs: number, isHealthy: boolean): string | undefined {
    if (this.#isLatched) return undefined
    this.#healthySinceUs = isHealthy ? (this.#healthySinceUs ?? nowUs) : null
    const { releaseAfterMs, maxReleases, releaseWindowMs } = this.#config
    if (this.#healthySinceUs === null || nowUs - this.#healthySinceUs < releaseAfterMs * 1000) return undefined
    this.#releasesUs = [...this.#releasesUs, nowUs]
    this.#healthySinceUs = null
    const count = `release ${this.#releasesUs.length} of at most ${maxReleases} within ${releaseWindowMs / 1000} s`
    return `Every source has been healthy for ${releaseAfterMs / 1000} s: ${count}`
  }

  /** An operator re-armed the switch. Its releases count on. */
  onRearm(): void {
    this.#healthySinceUs = null
    this.#isLatched = false
  }

  snapshot(): SelfReleaseSnapshot {
    return {
      healthySinceUs: this.#healthySinceUs,
      isLatched: this.#isLatched,
      releasesUs: [...this.#releasesUs],
    }
  }
}

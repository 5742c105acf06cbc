import { planeNames, stageOf } from '@triplane/contracts'

export interface SilencesOptions {
  /** Silence after which a heartbeat counts as missed, microseconds. */
  readonly limitUs: number
  readonly onMissed: (plane: string, silenceUs: number) => void
  readonly onBack: (plane: string, silenceUs: number) => void
}

interface Watched {
  lastSeenUs: number
  /** Whole limits of silence since. */
  missed: number
}

/** The silence of each plane, by a monotonic clock. All planes are expected from the start. */
export class Silences {
  readonly #options: SilencesOptions
  readonly #planes: Map<string, Watched>
  readonly #unheard = new Set<string>(planeNames)

  constructor(nowUs: number, options: SilencesOptions) {
    this.#options = options
    this.#planes = new Map(planeNames.map((plane) => [plane, { lastSeenUs: nowUs, missed: 0 }]))
  }

  /** Notes a heartbeat of `stage` from `plane`, which may be one of several instances: `data-plane.kraken`. */
  heard(plane: string, stage: string, nowUs: number): void {
    const known = this.#planes.get(plane)
    if (known && known.missed > 0) this.#options.onBack(plane, nowUs - known.lastSeenUs)
    this.#planes.set(plane, { lastSeenUs: nowUs, missed: 0 })
    // The plane of that stage is up, though not under the name that a single instance would have.
    const alone = planeNames.find((name) => stageOf(name) === stage)
    if (alone !== undefined && this.#unheard.delete(alone) && alone !== plane) this.#planes.delete(alone)
  }

  /** Checks every plane now. */
  check(nowUs: number): void {
    for (const [plane, watched] of this.#planes) {
      const silenceUs = nowUs - watched.lastSeenUs
      const missed = Math.floor(silenceUs / this.#options.limitUs)
      for (; watched.missed < missed; watched.missed++) this.#options.onMissed(plane, silenceUs)
    }
  }

  /** The planes that missed a heartbeat, as of the last check. */
  missing(): readonly string[] {
    return [...this.#planes].flatMap(([plane, { missed }]) => (missed > 0 ? [plane] : []))
  }

  /** Silence of each plane that ever sent a heartbeat, microseconds. */
  *ages(nowUs: number): Iterable<readonly [plane: string, ageUs: number]> {
    for (const [plane, { lastSeenUs }] of this.#planes) if (!this.#unheard.has(plane)) yield [plane, nowUs - lastSeenUs]
  }
}

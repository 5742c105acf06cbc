import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { floorTime } from '@triplane/kernel'

const BUCKETS = 60

/** The saved buckets. */
export const rollingVolumeSchema = stateSchema({
  bucketUs: field.count,
  bucketEndUs: field.timeUs,
  volumes: field.list(field.real, { minItems: BUCKETS, maxItems: BUCKETS }),
})
export type RollingVolumeSnapshot = StateOf<typeof rollingVolumeSchema>

/**
 * Volume of the last `windowUs` of market time, in 60 buckets aligned to the epoch: the oldest bucket leaves as a whole.
 * Adding costs a comparison and an addition; the sum of the past buckets is recomputed with each new bucket, so rounding
 * errors do not accumulate.
 */
export class RollingVolume {
  readonly #bucketUs: number
  readonly #volumes = new Float64Array(BUCKETS)
  #bucketEndUs: number
  #slot: number
  /** Volume of all buckets but the open one. */
  #past: number

  constructor(windowUs: number, snapshot?: RollingVolumeSnapshot) {
    this.#bucketUs = Math.ceil(windowUs / BUCKETS)
    // Saved buckets of another length cannot be used: after a change of the window counting starts afresh.
    const fits = snapshot?.bucketUs === this.#bucketUs
    this.#bucketEndUs = fits ? snapshot.bucketEndUs : 0
    if (fits) this.#volumes.set(snapshot.volumes)
    this.#slot = this.#slotEndingAt(this.#bucketEndUs)
    this.#past = this.#sumPast()
  }

  add(timeUs: number, volume: number): void {
    if (timeUs >= this.#bucketEndUs) this.#roll(timeUs)
    this.#volumes[this.#slot] = (this.#volumes[this.#slot] as number) + volume
  }

  /** Volume of the window that ends at `nowUs`. */
  sum(nowUs: number): number {
    if (nowUs >= this.#bucketEndUs) this.#roll(nowUs)
    return this.#past + (this.#volumes[this.#slot] as number)
  }

  snapshot(): RollingVolumeSnapshot {
    return { bucketUs: this.#bucketUs, bucketEndUs: this.#bucketEndUs, volumes: Array.from(this.#volumes) }
  }

  #roll(timeUs: number): void {
    const endUs = floorTime(timeUs, this.#bucketUs) + this.#bucketUs
    const passed = (endUs - this.#bucketEndUs) / this.#bucketUs
    if (passed >= BUCKETS) this.#volumes.fill(0)
    else for (let i = 1; i <= passed; i++) this.#volumes[(this.#slot + i) % BUCKETS] = 0
    this.#bucketEndUs = endUs
    this.#slot = this.#slotEndingAt(endUs)
    this.#past = this.#sumPast()
  }

  #sumPast(): number {
    let sum = 0
    for (let slot = 0; slot < BUCKETS; slot++) if (slot !== this.#slot) sum += this.#volumes[slot] as number
    return sum
  }

  #slotEndingAt(endUs: number): number {
    return (endUs / this.#bucketUs) % BUCKETS
  }
}

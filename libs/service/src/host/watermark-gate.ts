import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { BusRecord, Watermark } from '@triplane/messaging'

/** The producer whose first watermark names the start of the run. */
const SOURCE = 'data-plane'

/** A partition whose watermarks count. */
export interface GatedPartition {
  readonly topic: string
  readonly partition: number
}

/** The promises as they are saved; null where there is none yet. */
export const watermarkGateSchema = stateSchema({
  throughUs: field.list(stateSchema({ topic: field.text, partition: field.count, throughUs: field.timeUs })),
  floorUs: field.orNull(field.timeUs),
  finalUs: field.orNull(field.timeUs),
})
export type WatermarkGateSnapshot = StateOf<typeof watermarkGateSchema>

const noPromise: WatermarkGateSnapshot = { throughUs: [], floorUs: null, finalUs: null }

/**
 * Says how far a plane in lockstep may go: to where every partition that it reads has been promised complete.
 *
 * Invariants
 * 1. The bound never falls.
 * 2. Before its first watermark a partition counts as complete up to the run's start, which the data plane's first
 *    watermark names: nothing takes effect before the run. Else the strategy and the order plane would wait for each other.
 */
export class WatermarkGate {
  readonly #promises: readonly Promised[]
  readonly #byName: ReadonlyMap<string, Promised>
  #floorUs: number | undefined
  #finalUs: number | undefined
  #boundUs = Number.NEGATIVE_INFINITY

  constructor(partitions: readonly GatedPartition[], saved: WatermarkGateSnapshot = noPromise) {
    const known = new Map(
      saved.throughUs.map(({ topic, partition, throughUs }) => [nameOf(topic, partition), throughUs]),
    )
    this.#promises = partitions.map(({ topic, partition }) => {
      return { topic, partition, throughUs: known.get(nameOf(topic, partition)) }
    })
    this.#byName = new Map(this.#promises.map((promised) => [nameOf(promised.topic, promised.partition), promised]))
    this.#floorUs = saved.floorUs ?? undefined
    this.#finalUs = saved.finalUs ?? undefined
    this.#update()
  }

  /** Everything at or before it has arrived; -Infinity before the first watermark. */
  get boundUs(): number {
    return this.#boundUs
  }

  /** True when the bound has reached the end of the run. */
  get isFinal(): boolean {
    return this.#finalUs !== undefined && this.#boundUs >= this.#finalUs
  }

  note({ topic, partition, producer }: BusRecord<unknown>, { throughUs, final }: Watermark): void {
    const promised = this.#byName.get(nameOf(topic.name, partition))
    if (!promised) return
    if (producer === SOURCE) {
      this.#floorUs ??= throughUs
      if (final) this.#finalUs = throughUs
    }
    if (promised.throughUs !== undefined && promised.throughUs >= throughUs) return
    promised.throughUs = throughUs
    this.#update()
  }

  snapshot(): WatermarkGateSnapshot {
    return {
      throughUs: this.#promises.flatMap(({ topic, partition, throughUs }) =>
        throughUs === undefined ? [] : [{ topic, partition, throughUs }],
      ),
      floorUs: this.#floorUs ?? null,
      finalUs: this.#finalUs ?? null,
    }
  }

  #update(): void {
    if (this.#floorUs === undefined) return
    let boundUs = Number.POSITIVE_INFINITY
    for (const { throughUs } of this.#promises) boundUs = Math.min(boundUs, throughUs ?? this.#floorUs)
    this.#boundUs = Math.max(this.#boundUs, boundUs)
  }
}

/** A partition, and how far it was promised complete; undefined before its first watermark. */
interface Promised extends GatedPartition {
  throughUs: number | undefined
}

const nameOf = (topic: string, partition: number) => `${topic}/${partition}`

import { coreWritersOf, field, sourcesOf, stateSchema, type Run, type StateOf, type Topic } from '@triplane/contracts'
import type { BusRecord, Watermark } from '@triplane/messaging'

/** A partition whose watermarks count, and the producers that send them. */
export interface GatedPartition {
  readonly topic: string
  readonly partition: number
  /** The producers that each have to promise it complete. */
  readonly producers: readonly string[]
}

/** The partitions of a topic, with the planes whose cores write it; of the data plane, every one of the run. */
export function gatedPartitions(topic: Topic, partitions: number, run: Pick<Run, 'dataPlanes'>): GatedPartition[] {
  const producers = coreWritersOf(topic).flatMap((name) => (name === 'data-plane' ? sourcesOf(run) : [name]))
  return Array.from({ length: partitions }, (_, partition) => ({ topic: topic.name, partition, producers }))
}

/** The watermarks as they are saved; null before the first. */
export const watermarkGateSchema = stateSchema({
  promises: field.list(
    stateSchema({
      topic: field.text,
      partition: field.count,
      producer: field.text,
      throughUs: field.timeUs,
      final: field.flag,
    }),
  ),
  /** For each data plane: its first watermark, and its last. */
  sources: field.list(
    stateSchema({
      producer: field.text,
      floorUs: field.orNull(field.timeUs),
      finalUs: field.orNull(field.timeUs),
    }),
  ),
})
export type WatermarkGateSnapshot = StateOf<typeof watermarkGateSchema>

const noPromise: WatermarkGateSnapshot = { promises: [], sources: [] }

/**
 * The bound for a plane in lockstep: the time up to which every producer has promised that every partition read by the plane is
 * complete.
 *
 * Invariants
 * 1. The bound never falls.
 * 2. Before its first watermark a partition counts as complete up to the run's start, which is the earliest time named by the
 *    data planes' first watermarks: nothing takes effect before the run. Otherwise the strategy and the order plane would wait
 *    for each other.
 * 3. A data plane that has ended blocks nothing. The run ends where the last of them does.
 */
export class WatermarkGate {
  readonly #promises: readonly Promised[]
  readonly #byName: ReadonlyMap<string, Promised>
  readonly #sources: ReadonlyMap<string, SourceBounds>
  #boundUs = Number.NEGATIVE_INFINITY

  /** `sources` are the data planes of the run. */
  constructor(
    partitions: readonly GatedPartition[],
    sources: readonly string[],
    saved: WatermarkGateSnapshot = noPromise,
  ) {
    const known = new Map(saved.promises.map((promise) => [nameOf(promise), promise]))
    this.#promises = partitions.flatMap(({ topic, partition, producers }) =>
      producers.map((producer) => {
        const promise = known.get(nameOf({ topic, partition, producer }))
        return { topic, partition, producer, throughUs: promise?.throughUs, final: promise?.final ?? false }
      }),
    )
    this.#byName = new Map(this.#promises.map((promised) => [nameOf(promised), promised]))
    this.#sources = new Map(
      sources.map((producer) => {
        const { floorUs, finalUs } = saved.sources.find((one) => one.producer === producer) ?? {}
        return [producer, { floorUs: floorUs ?? undefined, finalUs: finalUs ?? undefined }]
      }),
    )
    this.#update()
  }

  /** Everything at or before it has arrived; -Infinity before the first watermark. */
  get boundUs(): number {
    return this.#boundUs
  }

  /** True when the bound has reached the end of the run. */
  get isFinal(): boolean {
    const finalUs = this.#finalUs()
    return finalUs !== undefined && this.#boundUs >= finalUs
  }

  note({ topic, partition, producer }: BusRecord<unknown>, { throughUs, final }: Watermark): void {
    const promised = this.#byName.get(nameOf({ topic: topic.name, partition, producer }))
    if (!promised) return
    const source = this.#sources.get(producer)
    if (source) {
      source.floorUs ??= throughUs
      if (final) source.finalUs = throughUs
      promised.final ||= final
    }
    if (promised.throughUs !== undefined && promised.throughUs >= throughUs && !promised.final) return
    promised.throughUs = Math.max(promised.throughUs ?? throughUs, throughUs)
    this.#update()
  }

  snapshot(): WatermarkGateSnapshot {
    return {
      promises: this.#promises.flatMap(({ throughUs, ...promise }) =>
        throughUs === undefined ? [] : [{ ...promise, throughUs }],
      ),
      sources: Array.from(this.#sources, ([producer, { floorUs, finalUs }]) => ({
        producer,
        floorUs: floorUs ?? null,
        finalUs: finalUs ?? null,
      })),
    }
  }

  /** The end of the run; undefined until every data plane has ended. */
  #finalUs(): number | undefined {
    let lastUs = Number.NEGATIVE_INFINITY
    for (const { finalUs } of this.#sources.values()) {
      if (finalUs === undefined) return undefined
      lastUs = Math.max(lastUs, finalUs)
    }
    return lastUs
  }

  #update(): void {
    let floorUs = Number.POSITIVE_INFINITY
    for (const source of this.#sources.values()) {
      if (source.floorUs === undefined) return
      floorUs = Math.min(floorUs, source.floorUs)
    }
    let boundUs = this.#finalUs() ?? Number.POSITIVE_INFINITY
    for (const { throughUs, final } of this.#promises) if (!final) boundUs = Math.min(boundUs, throughUs ?? floorUs)
    if (Number.isFinite(boundUs)) this.#boundUs = Math.max(this.#boundUs, boundUs)
  }
}

interface SourceBounds {
  floorUs: number | undefined
  finalUs: number | undefined
}

/** A partition and the watermark of one of its producers; undefined before the first. */
interface Promised {
  readonly topic: string
  readonly partition: number
  readonly producer: string
  throughUs: number | undefined
  /** The producer is a data plane that has ended. */
  final: boolean
}

const nameOf = ({ topic, partition, producer }: Pick<Promised, 'topic' | 'partition' | 'producer'>) =>
  `${topic}/${partition} ${producer}`

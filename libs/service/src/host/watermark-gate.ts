import type { BusRecord, Watermark } from '@triplane/messaging'

/** The producer whose first watermark names the start of the run. */
const SOURCE = 'data-plane'

/** A partition whose watermarks count. */
export interface GatedPartition {
  readonly topic: string
  readonly partition: number
}

export interface WatermarkGateSnapshot {
  readonly throughUs: Readonly<Record<string, number>>
  readonly floorUs?: number
  readonly finalUs?: number
}

/**
 * Says how far a plane in lockstep may go: to where every partition that it reads has been promised complete.
 *
 * Invariants
 * 1. The bound never falls.
 * 2. Before its first watermark a partition counts as complete up to the run's start, which the data plane's first
 *    watermark names: nothing takes effect before the run. Else the strategy and the order plane would wait for each other.
 */
export class WatermarkGate {
  readonly #throughUs = new Map<string, number | undefined>()
  #floorUs: number | undefined
  #finalUs: number | undefined
  #boundUs = Number.NEGATIVE_INFINITY

  constructor(partitions: readonly GatedPartition[], snapshot?: WatermarkGateSnapshot) {
    for (const { topic, partition } of partitions) {
      const name = nameOf(topic, partition)
      this.#throughUs.set(name, snapshot?.throughUs[name])
    }
    this.#floorUs = snapshot?.floorUs
    this.#finalUs = snapshot?.finalUs
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
    const name = nameOf(topic.name, partition)
    if (!this.#throughUs.has(name)) return
    if (producer === SOURCE) {
      this.#floorUs ??= throughUs
      if (final) this.#finalUs = throughUs
    }
    const before = this.#throughUs.get(name)
    if (before !== undefined && before >= throughUs) return
    this.#throughUs.set(name, throughUs)
    this.#update()
  }

  snapshot(): WatermarkGateSnapshot {
    const known = [...this.#throughUs].filter((entry): entry is [string, number] => entry[1] !== undefined)
    return {
      throughUs: Object.fromEntries(known),
      ...(this.#floorUs !== undefined && { floorUs: this.#floorUs }),
      ...(this.#finalUs !== undefined && { finalUs: this.#finalUs }),
    }
  }

  #update(): void {
    if (this.#floorUs === undefined) return
    let boundUs = Number.POSITIVE_INFINITY
    for (const throughUs of this.#throughUs.values()) boundUs = Math.min(boundUs, throughUs ?? this.#floorUs)
    this.#boundUs = Math.max(this.#boundUs, boundUs)
  }
}

const nameOf = (topic: string, partition: number) => `${topic}/${partition}`

import { isTraded, type Instrument, type InstrumentId } from '@triplane/contracts'
import type { HistogramHandle, Metrics } from '@triplane/metrics'
import { instrumentLabels } from '../instrument-labels.ts'

/**
 * Records how old events are when they are published: the delay above the clock offset, in market time, plus our own
 * time from the feed's hand-over to publishing, on the monotonic clock. Covers every understood event, refused ones
 * included: an event that is late or a duplicate still shows the delay. Records nothing for instruments that are only
 * quoted.
 */
export class Freshness {
  readonly #monotonicUs: () => number
  readonly #seriesOf: ReadonlyMap<InstrumentId, HistogramHandle>
  /** The delays to be recorded, and their series: the first `#count` of each. They are reused, since emptying them would cost more. */
  readonly #waiting: HistogramHandle[] = []
  readonly #delaysUs: number[] = []
  #count = 0
  #handedOverUs = 0

  constructor(
    metrics: Metrics<'data_plane'>,
    { source, instruments }: { readonly source: string; readonly instruments: readonly Instrument[] },
    monotonicUs: () => number,
  ) {
    this.#monotonicUs = monotonicUs
    this.#seriesOf = new Map(
      [...instrumentLabels(instruments.filter(isTraded))].map(([id, market]) => [
        id,
        metrics.freshness.of({ source, ...market }),
      ]),
    )
  }

  /** The feed has handed over the frames of the next events, at this monotonic time: now, unless the caller has read it. */
  handedOver(atUs = this.#monotonicUs()): void {
    this.#handedOverUs = atUs
  }

  /** Records the delay of an event; one ahead of the offset counts as 0. */
  onDelay(instrument: InstrumentId, delayUs: number): void {
    const series = this.#seriesOf.get(instrument)
    if (series === undefined) return
    this.#waiting[this.#count] = series
    this.#delaysUs[this.#count] = delayUs > 0 ? delayUs : 0
    this.#count++
  }

  /** The events of the last hand-over are published. */
  published(): void {
    if (this.#count === 0) return
    const workUs = this.#monotonicUs() - this.#handedOverUs
    for (let i = 0; i < this.#count; i++) {
      const series = this.#waiting[i] as HistogramHandle
      series.observe(((this.#delaysUs[i] as number) + workUs) / 1e6)
    }
    this.#count = 0
  }
}

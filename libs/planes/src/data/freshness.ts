import { isTraded, type Instrument, type InstrumentId } from '@triplane/contracts'
import type { HistogramHandle, Metrics } from '@triplane/metrics'
import { instrumentLabels } from '../instrument-labels.ts'

/**
 * Records how old events are when they are published: their delay above the clock offset, which the core tells in market time,
 * plus the time that we took from the feed's hand-over to publishing, on the monotonic clock. Of everything that was understood,
 * refused events included: what is too late or comes twice is late all the same. Nothing is recorded of what is only quoted.
 */
export class Freshness {
  readonly #monotonicUs: () => number
  readonly #seriesOf: ReadonlyMap<InstrumentId, HistogramHandle>
  readonly #waiting: HistogramHandle[] = []
  readonly #delaysUs: number[] = []
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

  /** The feed has handed over what is told of next. */
  handedOver(): void {
    this.#handedOverUs = this.#monotonicUs()
  }

  /** An event of the instrument came so late; events ahead of the offset are not younger than new. */
  onDelay(instrument: InstrumentId, delayUs: number): void {
    const series = this.#seriesOf.get(instrument)
    if (series === undefined) return
    this.#waiting.push(series)
    this.#delaysUs.push(Math.max(0, delayUs))
  }

  /** What was handed over is published. */
  published(): void {
    if (this.#waiting.length === 0) return
    const workUs = this.#monotonicUs() - this.#handedOverUs
    for (let i = 0; i < this.#waiting.length; i++)
      this.#waiting[i]?.observe(((this.#delaysUs[i] as number) + workUs) / 1e6)
    this.#waiting.length = this.#delaysUs.length = 0
  }
}

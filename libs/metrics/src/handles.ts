import { invariant } from '@triplane/kernel'
import type { MetricDefinition } from './definition.ts'

/** One series of a counter. `inc` is an array add: keep the handle where the event is handled. */
export class CounterHandle {
  readonly #values: Float64Array
  readonly #at: number

  constructor(values: Float64Array, at: number) {
    this.#values = values
    this.#at = at
  }

  /** Adds `by`, which is 0 or more. */
  inc(by = 1): void {
    if (!(by >= 0)) invariant(false, 'a counter goes up by 0 or more', by)
    this.#values[this.#at] = (this.#values[this.#at] as number) + by
  }
}

/** One series of a gauge. A gauge that is NaN has no value and is not exposed. */
export class GaugeHandle {
  readonly #values: Float64Array
  readonly #at: number

  constructor(values: Float64Array, at: number) {
    this.#values = values
    this.#at = at
  }

  set(value: number): void {
    this.#values[this.#at] = value
  }

  /** Adds `by`, which may be negative, to a gauge that has a value. */
  add(by: number): void {
    this.#values[this.#at] = (this.#values[this.#at] as number) + by
  }

  /** Removes the value. */
  clear(): void {
    this.#values[this.#at] = NaN
  }
}

/** One series of a histogram. In the store: a count for each bucket (not cumulative), the sum, the total count. */
export class HistogramHandle {
  readonly #values: Float64Array
  readonly #at: number
  readonly #bounds: readonly number[]

  constructor(values: Float64Array, at: number, bounds: readonly number[]) {
    this.#values = values
    this.#at = at
    this.#bounds = bounds
  }

  /** Counts a finite value in the first bucket whose bound is not below it. */
  observe(value: number): void {
    if (!Number.isFinite(value)) invariant(false, 'an observation is finite', value)
    const values = this.#values
    const bounds = this.#bounds
    const sumAt = this.#at + bounds.length
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
    if (bucket < bounds.length) values[this.#at + bucket] = (values[this.#at + bucket] as number) + 1
    values[sumAt] = (values[sumAt] as number) + value
    values[sumAt + 1] = (values[sumAt + 1] as number) + 1
  }
}

/** A handle of any type; calling a method that its metric lacks is a bug. */
export type AnyHandle = CounterHandle & GaugeHandle & HistogramHandle

/** The handle of a series of `metric` whose numbers are in `values` from `at` on. */
export function handleAt({ type, buckets }: MetricDefinition, values: Float64Array, at: number): AnyHandle {
  switch (type) {
    case 'counter':
      return new CounterHandle(values, at) as AnyHandle
    case 'gauge':
      return new GaugeHandle(values, at) as AnyHandle
    case 'histogram':
      return new HistogramHandle(values, at, buckets) as AnyHandle
  }
}

import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'

export const orderRateSchema = stateSchema({ submittedUs: field.list(field.timeUs) })
export type OrderRateSnapshot = StateOf<typeof orderRateSchema>

/** Counts orders in a sliding window of market time, up to `maxOrders`, by the times of the last `maxOrders`. */
export class OrderRateWindow {
  readonly #windowUs: number
  readonly #maxOrders: number
  readonly #submittedUs: number[]

  constructor(
    limits: { readonly maxOrders: number; readonly orderWindowUs: number },
    saved: OrderRateSnapshot = { submittedUs: [] },
  ) {
    invariant(limits.maxOrders > 0, 'maxOrders is > 0', limits.maxOrders)
    this.#windowUs = limits.orderWindowUs
    this.#maxOrders = limits.maxOrders
    this.#submittedUs = saved.submittedUs.slice(-limits.maxOrders)
  }

  /** Orders in the window that ends at `nowUs`, at most `maxOrders`. */
  count(nowUs: number): number {
    while (this.#submittedUs.length > 0 && (this.#submittedUs[0] as number) <= nowUs - this.#windowUs) {
      this.#submittedUs.shift()
    }
    return this.#submittedUs.length
  }

  record(nowUs: number): void {
    if (this.#submittedUs.length === this.#maxOrders) this.#submittedUs.shift()
    this.#submittedUs.push(nowUs)
  }

  snapshot(): OrderRateSnapshot {
    return { submittedUs: [...this.#submittedUs] }
  }
}

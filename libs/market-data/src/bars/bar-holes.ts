import { field, stateSchema, type StateOf } from '@triplane/contracts'

/** Maximum number of holes; beyond it the two oldest are merged, which marks more bars, never fewer. */
const MOST_HOLES = 2_000

/** The saved state of the holes. */
export const barHolesSchema = stateSchema({
  /** From, to, from, to, ... */
  ranges: field.list(field.timeUs),
  /** Null when no hole is open. */
  openFromUs: field.orNull(field.timeUs),
})
export type BarHolesSnapshot = StateOf<typeof barHolesSchema>

/** A run begins with a hole: earlier trades are missing. */
const atStart: BarHolesSnapshot = { ranges: [], openFromUs: 0 }

/**
 * Stretches of event time in which trades are, or may be, missing; both ends are included. One may be open: it ends with the
 * next trade.
 */
export class BarHoles {
  #ranges: number[]
  #openFromUs: number

  constructor(snapshot: BarHolesSnapshot = atStart) {
    this.#ranges = [...snapshot.ranges]
    this.#openFromUs = snapshot.openFromUs ?? Infinity
  }

  /** True until a trade ends the open hole. */
  get isOpen(): boolean {
    return this.#openFromUs < Infinity
  }

  /** Opens a hole, unless one is open. */
  open(fromUs: number): void {
    if (!this.isOpen) this.#openFromUs = fromUs
  }

  /** A trade arrived: it ends the open hole, unless it is from before the hole. */
  close(toUs: number): void {
    const fromUs = this.#openFromUs
    if (toUs < fromUs) return
    this.#openFromUs = Infinity
    this.add(fromUs, toUs)
  }

  add(fromUs: number, toUs: number): void {
    this.#ranges.push(fromUs, toUs)
    if (this.#ranges.length <= 2 * MOST_HOLES) return
    const [from, to, nextFrom, nextTo] = this.#ranges.splice(0, 4) as [number, number, number, number]
    this.#ranges.unshift(Math.min(from, nextFrom), Math.max(to, nextTo))
  }

  /** Forgets holes that ended before `timeUs`. */
  forgetBefore(timeUs: number): void {
    if (this.#ranges.length === 0) return
    this.#ranges = this.#ranges.filter((_, i, all) => (all[i | 1] as number) >= timeUs)
  }

  /** True when trades of the interval are missing. */
  touch(startUs: number, endUs: number): boolean {
    if (this.#openFromUs < endUs) return true
    for (let i = 0; i < this.#ranges.length; i += 2) {
      if ((this.#ranges[i] as number) < endUs && (this.#ranges[i + 1] as number) >= startUs) return true
    }
    return false
  }

  snapshot(): BarHolesSnapshot {
    return { ranges: [...this.#ranges], openFromUs: this.isOpen ? this.#openFromUs : null }
  }
}

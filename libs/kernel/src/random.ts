/** The state of a `Random`: four 32-bit integers. */
export type RandomState = readonly [number, number, number, number]

/**
 * A seeded generator (sfc32, Doty-Humphrey 2010). Same seed, same numbers on every machine and Node version: integer
 * arithmetic, `Math.log` and `Math.sqrt` only.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** `seed` is any integer, or the state that another generator returned. */
  constructor(seed: number | RandomState) {
    if (typeof seed === 'number') {
      this.#a = seed >>> 0
      this.#b = Math.floor(seed / 2 ** 32) >>> 0
      this.#c = 0x9e3779b9
      this.#d = 1
      for (let i = 0; i < 15; i++) this.uint32()
    } else {
      ;[this.#a, this.#b, this.#c, this.#d] = seed
    }
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0
    return t >>> 0
  }

  /** A number in [0, 1). */
  uniform(): number {
    return this.uint32() / 4294967296
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound)
  }

  /** A standard normal number (polar method, Marsaglia 1964). */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1
      const v = 2 * this.uniform() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s)
    }
  }

  /** An exponential number with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform())
  }

  /** The state from which a new generator continues. */
  state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d]
  }
}

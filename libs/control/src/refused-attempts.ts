import type { ControlRefusal } from './operator-gate.ts'

/** The refused requests of one address within a minute, or of all others. */
export interface RefusedInMinute {
  /** Absent for all others. */
  readonly address?: string
  readonly count: number
  /** By reason: `wrong_token 10, no_token 2`. */
  readonly reasons: string
}

export interface RefusedAttemptsOptions {
  /** Called with the first request of an address in a minute, and with the first of all others. */
  readonly onFirst: (reason: ControlRefusal, address: string) => void
  /** Called at the end of a minute in which a request was refused. */
  readonly onMinute?: (refused: readonly RefusedInMinute[]) => void
}

const MINUTE_MS = 60_000
const MOST_ADDRESSES = 20
const OTHERS = ''

type Counts = Map<ControlRefusal, number>

/**
 * Gathers refused requests by address and minute, so that a flood of them stays small: at most 20 addresses, and one for all
 * others.
 */
export class RefusedAttempts {
  readonly #options: RefusedAttemptsOptions
  readonly #ofAddress = new Map<string, Counts>()
  #minute: NodeJS.Timeout | undefined

  constructor(options: RefusedAttemptsOptions) {
    this.#options = options
  }

  note(reason: ControlRefusal, address: string): void {
    this.#minute ??= setTimeout(() => this.flush(), MINUTE_MS).unref()
    const isKnown = this.#ofAddress.has(address) || this.#ofAddress.size < MOST_ADDRESSES
    const key = isKnown ? address : OTHERS
    let counts = this.#ofAddress.get(key)
    if (counts === undefined) {
      this.#ofAddress.set(key, (counts = new Map<ControlRefusal, number>()))
      this.#options.onFirst(reason, address)
    }
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }

  /** Ends the minute now. */
  flush(): void {
    clearTimeout(this.#minute)
    this.#minute = undefined
    const refused = [...this.#ofAddress].map(([address, counts]): RefusedInMinute => {
      const reasons = [...counts].map(([reason, count]) => `${reason} ${count}`).join(', ')
      const count = [...counts.values()].reduce((sum, one) => sum + one, 0)
      return { ...(address !== OTHERS && { address }), count, reasons }
    })
    this.#ofAddress.clear()
    if (refused.length > 0) this.#options.onMinute?.(refused)
  }
}

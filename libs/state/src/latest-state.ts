import type { FillState, KillSwitchState, PlaneState, PositionState, QuoteState } from './state-values.ts'
import type { StateError } from './state-error.ts'

/**
 * The latest state of the system, for consoles and users' scripts. It is a copy for people: nothing in Triplane decides by it,
 * and it holds no locks and no commands.
 *
 * Invariants
 * 1. `set` never blocks and never throws: trading does not wait for viewers.
 * 2. Only the newest value of a key waits, so memory is bounded by the number of keys, and that by `maxKeys`.
 * 3. A value's time to live begins with `set`: one that waited longer than that is never shown.
 * 4. An older value never replaces a newer one of the same writer.
 */

/** The kinds of state, and the types of their values. */
export interface StateValues {
  /** By instrument: `BTC/USDT@binance_spot`. */
  readonly quote: QuoteState
  /** By instrument. */
  readonly position: PositionState
  /** The last fill, by instrument. */
  readonly fill: FillState
  /** By switch type. */
  readonly killSwitch: KillSwitchState
  /** By plane: `data`, `strategy`, `order`. */
  readonly plane: PlaneState
}
export type StateKind = keyof StateValues

/** A value with the wall time of its `set`, microseconds. */
export type Noted<Value> = Value & { readonly notedUs: number }

export interface StateHealth {
  readonly isHealthy: boolean
  /** Keys whose newest value is not stored yet. */
  readonly waiting: number
  /** Attempts to connect or to write that failed. */
  readonly errors: number
  /** Values refused because there were `maxKeys` keys, or after close. */
  readonly dropped: number
  /** Why it is unhealthy. */
  readonly fault?: StateError
}

export interface LatestState {
  /**
   * Sets the newest value of a key. It may have more fields than its kind, which are not stored, and must not change any more:
   * what is stored is made of it later. Never blocks, never throws.
   */
  set<Kind extends StateKind>(kind: Kind, key: string, value: StateValues[Kind]): void
  /** The value stored under a key; undefined without one or once it expired. Rejects with StateError. */
  get<Kind extends StateKind>(kind: Kind, key: string): Promise<Noted<StateValues[Kind]> | undefined>
  /** The stored values of a kind, by key, sorted. Rejects with StateError. */
  list<Kind extends StateKind>(kind: Kind): Promise<ReadonlyMap<string, Noted<StateValues[Kind]>>>
  health(): StateHealth
  /** Tries once to store the waiting values now. Resolves either way; `health` reports the result. */
  flush(): Promise<void>
  /** Flushes, then drops new values and refuses reads. */
  close(): Promise<void>
}

/** How long values live, seconds. */
export type ExpirySeconds = Readonly<Record<StateKind, number>>

export const defaultExpirySeconds: ExpirySeconds = {
  quote: 60,
  position: 86_400,
  fill: 86_400,
  killSwitch: 604_800,
  plane: 30,
}

/** Options of every implementation. */
export interface StateOptions {
  /** Whose state it is; part of every key. */
  readonly account: string
  /** Overrides of `defaultExpirySeconds`. */
  readonly expirySeconds?: Partial<ExpirySeconds>
  /** Most keys of all kinds together. Default 10,000. */
  readonly maxKeys?: number
  /** Wall time, microseconds. Default: the system's. */
  readonly nowUs?: () => number
}

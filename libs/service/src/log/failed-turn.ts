import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How often a plane may fail at the same turn by a bug before it is suspended. */
const MAX_TIMES = 2

interface Failure {
  readonly turn: number
  readonly times: number
  readonly error: string
}

/** A plane that must not work on its run: a restart would not help. */
export class PlaneSuspendedError extends Error {
  override readonly name = 'PlaneSuspendedError'
  readonly code = 'suspended'
  readonly retryable = false
}

/**
 * Records, in a file beside the input log, at which turn a plane failed by a bug, so that it is not restarted only to
 * fail there again.
 */
export class FailedTurn {
  readonly #path: string

  constructor(folder: string) {
    this.#path = join(folder, 'failed-turn.json')
  }

  /** Throws PlaneSuspendedError when the plane has failed twice at the same turn. */
  check(): void {
    const failure = this.#read()
    if (failure === undefined || failure.times < MAX_TIMES) return
    throw new PlaneSuspendedError(
      `Expected to go on with the run, has failed ${failure.times} times at turn ${failure.turn}: ${failure.error}. ` +
        `Start a new run; or, when the cause is fixed, remove ${this.#path} and start again.`,
    )
  }

  /** Records that the plane failed in `turn`. A failing disk costs one more try; it never hides the failure itself. */
  note(turn: number, error: unknown): void {
    const before = this.#read()
    const times = before?.turn === turn ? before.times + 1 : 1
    const text = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
    const failure: Failure = { turn, times, error: text }
    try {
      writeFileSync(this.#path, JSON.stringify(failure), { mode: 0o600, flush: true })
    } catch {
      // An unreadable record counts as no failure.
    }
  }

  /** An unreadable record counts as no failure: the plane fails once more and writes it again. */
  #read(): Failure | undefined {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as Failure
    } catch {
      return undefined
    }
  }
}

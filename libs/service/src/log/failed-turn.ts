import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Times that a plane may fail by a bug at one turn before it is not tried any more. */
const MAX_TIMES = 2

interface Failure {
  readonly turn: number
  readonly times: number
  readonly error: string
}

/** A plane that must not work on its run: starting it again would do no good. */
export class PlaneSuspendedError extends Error {
  override readonly name = 'PlaneSuspendedError'
  readonly code = 'suspended'
  readonly retryable = false
}

/** Where a run's plane failed by a bug, in a file beside its input log: a start that would fail there again is not made. */
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

  /** Notes that the plane failed in `turn`. A disk that refuses costs one more try; it never hides the failure itself. */
  note(turn: number, error: unknown): void {
    const before = this.#read()
    const times = before?.turn === turn ? before.times + 1 : 1
    const text = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
    const failure: Failure = { turn, times, error: text }
    try {
      writeFileSync(this.#path, JSON.stringify(failure), { mode: 0o600, flush: true })
    } catch {
      // What was written of it cannot be read, and counts as no failure.
    }
  }

  /** What cannot be read counts as no failure: then the plane fails once more and notes it again. */
  #read(): Failure | undefined {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as Failure
    } catch {
      return undefined
    }
  }
}

import { field, operatorCommands, stateSchema, type OperatorCommand, type StateOf } from '@triplane/contracts'

/** How many are remembered; of what is older a copy halts again, which is the safe side. */
const KEPT = 256

/** The halts and reduces taken, as they are saved: the oldest first. */
export const takenHaltsSchema = field.list(
  stateSchema({ runId: field.text, producer: field.text, seq: field.integer, command: field.oneOf(operatorCommands) }),
)
export type TakenHaltsSnapshot = StateOf<typeof takenHaltsSchema>

/**
 * Knows a copy of a halt or a reduce by its run, producer, sequence and command. Not by a high-water mark: whoever says one
 * with whatever sequence is heard.
 */
export class TakenHalts {
  readonly #taken: Map<string, TakenHaltsSnapshot[number]>

  constructor(saved: TakenHaltsSnapshot = []) {
    this.#taken = new Map(saved.map((halt) => [nameOf(halt), { ...halt }]))
  }

  /** Notes one; false when it was taken before. */
  add(runId: string, producer: string, { seq, command }: OperatorCommand): boolean {
    const halt = { runId, producer, seq, command }
    const name = nameOf(halt)
    if (this.#taken.has(name)) return false
    this.#taken.set(name, halt)
    if (this.#taken.size > KEPT) this.#taken.delete(this.#taken.keys().next().value as string)
    return true
  }

  snapshot(): TakenHaltsSnapshot {
    return Array.from(this.#taken.values(), (halt) => ({ ...halt }))
  }
}

const nameOf = ({ runId, producer, seq, command }: TakenHaltsSnapshot[number]) =>
  `${runId} ${producer} ${seq} ${command}`

/** Rank of an input among those with the same effect time: command, data, timer, order, strategy. */
export const rank = { command: 0, data: 1, timer: 2, order: 3, strategy: 4 } as const
export type Rank = (typeof rank)[keyof typeof rank]

/** Place of an input in a core's input order, the same in one process and in three. */
export interface InputKey {
  readonly effectUs: number
  readonly rank: Rank
  readonly producer: string
  readonly seq: number
}

/** Negative when `a` comes before `b`: by effect time, rank, producer, sequence. */
export function compareInputs(a: InputKey, b: InputKey): number {
  return (
    a.effectUs - b.effectUs ||
    a.rank - b.rank ||
    (a.producer < b.producer ? -1 : a.producer > b.producer ? 1 : a.seq - b.seq)
  )
}

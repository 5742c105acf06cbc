import type { EventType } from './event.ts'

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

/** The rank of an event of this type as an input. */
export const rankOf: Readonly<Record<EventType, Rank>> = {
  operatorCommand: rank.command,
  tradingCondition: rank.command,
  run: rank.command,
  auditLink: rank.command,
  trade: rank.data,
  quote: rank.data,
  bookDelta: rank.data,
  bookSnapshot: rank.data,
  bar: rank.data,
  ofi: rank.data,
  mark: rank.data,
  marketStatus: rank.data,
  deadLetter: rank.data,
  heartbeat: rank.data,
  orderEvent: rank.order,
  fill: rank.order,
  signal: rank.strategy,
  targetPortfolio: rank.strategy,
  orderIntent: rank.strategy,
  cancelIntent: rank.strategy,
  portfolioState: rank.strategy,
  regimeChange: rank.strategy,
  killSwitch: rank.strategy,
}

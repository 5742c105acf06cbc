import type { Event } from '@triplane/contracts'

/** The records of one partition that a turn consumed: the newest offset and their number. */
export interface ConsumedRange {
  readonly topic: string
  readonly partition: number
  readonly lastOffset: number
  readonly count: number
}

/** An input from outside the bus: a command, a verdict of the edge. */
export interface InjectedInput {
  readonly producer: string
  readonly event: Event
}

/** What one turn consumed, in order: with the records themselves, enough to repeat it. */
export interface LoggedTurn {
  /** The number of the turn in the run, from 1. */
  readonly turn: number
  readonly ranges: readonly ConsumedRange[]
  readonly injected: readonly InjectedInput[]
  /** Market time by the edge's clock while the feed was silent; absent when the feed spoke. */
  readonly tickUs?: number
  /** Market time that the turn must not pass, because earlier data was known to wait; absent when none was. */
  readonly holdUs?: number
}

/** The version of the events and topics in the log: the second of contracts. */
export const LOG_VERSION = 2

/** The first line of a segment. */
export interface LogHeader {
  readonly version: typeof LOG_VERSION
  readonly runId: string
  readonly plane: string
  /** The turn that the segment follows; 0 at the start of the run. */
  readonly afterTurn: number
  /** Digest of the configuration: turns are only repeated under the same one. */
  readonly configDigest: string
  readonly commit: string
  readonly node: string
}

type Row = readonly [
  turn: number,
  ranges: readonly (readonly [string, number, number, number])[],
  tickUs?: number | null,
  injected?: readonly (readonly [string, Event])[] | null,
  holdUs?: number,
]

/** Encodes a turn as one short line of JSON. */
export function encodeTurn({ turn, ranges, injected, tickUs, holdUs }: LoggedTurn): string {
  const rows = ranges.map(({ topic, partition, lastOffset, count }) => [topic, partition, lastOffset, count])
  const inputs = injected.length > 0 ? injected.map(({ producer, event }) => [producer, event]) : null
  if (holdUs !== undefined) return JSON.stringify([turn, rows, tickUs ?? null, inputs, holdUs])
  if (inputs !== null) return JSON.stringify([turn, rows, tickUs ?? null, inputs])
  return JSON.stringify(tickUs === undefined ? [turn, rows] : [turn, rows, tickUs])
}

/** Decodes what `encodeTurn` wrote. */
export function decodeTurn(line: string): LoggedTurn {
  const [turn, ranges, tickUs, injected, holdUs] = JSON.parse(line) as Row
  return {
    turn,
    ranges: ranges.map(([topic, partition, lastOffset, count]) => ({ topic, partition, lastOffset, count })),
    injected: (injected ?? []).map(([producer, event]) => ({ producer, event })),
    ...(typeof tickUs === 'number' && { tickUs }),
    ...(holdUs !== undefined && { holdUs }),
  }
}

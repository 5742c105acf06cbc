import type { Event } from '@triplane/contracts'

/** A run of records of one partition that a turn consumed: the newest offset and how many. */
export interface ConsumedRange {
  readonly topic: string
  readonly partition: number
  readonly lastOffset: number
  readonly count: number
}

/** An input that did not come over the bus: a command, a verdict of the edge. */
export interface InjectedInput {
  readonly producer: string
  readonly event: Event
}

/** What one turn of a plane consumed, in order: enough, with the records themselves, to do it again. */
export interface LoggedTurn {
  /** Number of the turn, counted from 1 in the run. */
  readonly turn: number
  readonly ranges: readonly ConsumedRange[]
  readonly injected: readonly InjectedInput[]
  /** Market time that the edge's clock had come to while the feed was silent; absent when it did not speak. */
  readonly tickUs?: number
  /** Market time that the turn must not pass, because data of it was known to wait; absent when none was. */
  readonly holdUs?: number
}

/** Version of the events and topics that an input log names: those of contracts' second version. */
export const LOG_VERSION = 2

/** What a segment of the input log begins with. */
export interface LogHeader {
  readonly version: typeof LOG_VERSION
  readonly runId: string
  readonly plane: string
  /** The snapshot that the segment goes on from: the state after this turn, 0 for the start of the run. */
  readonly afterTurn: number
  /** Digest of the configuration; what was computed under another one is not computed again under this one. */
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

/** A turn as one short line of JSON. */
export function encodeTurn({ turn, ranges, injected, tickUs, holdUs }: LoggedTurn): string {
  const rows = ranges.map(({ topic, partition, lastOffset, count }) => [topic, partition, lastOffset, count])
  const inputs = injected.length > 0 ? injected.map(({ producer, event }) => [producer, event]) : null
  if (holdUs !== undefined) return JSON.stringify([turn, rows, tickUs ?? null, inputs, holdUs])
  if (inputs !== null) return JSON.stringify([turn, rows, tickUs ?? null, inputs])
  return JSON.stringify(tickUs === undefined ? [turn, rows] : [turn, rows, tickUs])
}

/** Reads what `encodeTurn` wrote. */
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

import { Type, type Static } from '@sinclair/typebox'
import {
  createStateCheck,
  createWireCodec,
  eventDefinitions,
  explainEvent,
  isEvent,
  type Event,
  type WireDefinition,
} from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'

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

/** A record that a turn consumed and did not take. Its dead letter says more. */
export interface RefusedRecordPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Why: the code of a record refusal, of the build that judged it. */
  readonly code: string
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
  /** The records of its ranges that were refused; absent when all were taken. */
  readonly refused?: readonly RefusedRecordPlace[]
  /** How long the plane was paused before it, microseconds; absent when it was not. */
  readonly pausedUs?: number
}

const schema = Type.Object({
  type: Type.Literal('turn'),
  turn: Type.Integer({ minimum: 1 }),
  ranges: Type.Array(
    Type.Object({
      topic: Type.String(),
      partition: Type.Integer({ minimum: 0 }),
      lastOffset: Type.Integer({ minimum: 0 }),
      count: Type.Integer({ minimum: 1 }),
    }),
  ),
  /** Who gave each of the events that follow. */
  producers: Type.Array(Type.String()),
  tickUs: Type.Optional(Type.Integer()),
  holdUs: Type.Optional(Type.Integer()),
  refused: Type.Optional(
    Type.Array(
      Type.Object({
        topic: Type.String(),
        partition: Type.Integer({ minimum: 0 }),
        offset: Type.Integer({ minimum: 0 }),
        code: Type.String(),
      }),
    ),
  ),
  pausedUs: Type.Optional(Type.Integer({ minimum: 1 })),
})

type TurnEntry = Readonly<Static<typeof schema>>

/** A turn as the binary codec writes it. Its number is that of no event. */
const turnEntry = {
  ...{ tag: 'turn', version: 1, wireNumber: 255, schema },
  example: { type: 'turn', turn: 1, ranges: [], producers: [] } as TurnEntry,
} satisfies WireDefinition

const explainTurn = createStateCheck(schema)
const isTurn = (value: unknown): value is TurnEntry => (value as { readonly type: string }).type === turnEntry.tag

const codec = createWireCodec([...eventDefinitions, turnEntry], {
  isEvent: (value) => (isTurn(value) ? explainTurn(value) === undefined : isEvent(value)),
  explainEvent: (value) => (isTurn(value) ? (explainTurn(value) ?? '') : explainEvent(value)),
})

/** Encodes a turn as a record of the binary codec: the turn, then its injected events. */
export function encodeTurn({ ranges, injected, refused, ...rest }: LoggedTurn): Buffer {
  const producers = injected.map(({ producer }) => producer)
  const entry: TurnEntry = {
    ...{ type: 'turn', ranges: [...ranges], producers, ...rest },
    ...(refused && { refused: [...refused] }),
  }
  return codec.encodeRecord([entry, ...injected.map(({ event }) => event)])
}

/** Decodes what `encodeTurn` wrote. Refuses anything else: "Expected X, was Y". */
export function decodeTurn(bytes: Buffer): Result<LoggedTurn, string> {
  const record = codec.decodeRecord(bytes)
  if (!record.ok) return err(record.error.detail)
  const [entry, ...events] = record.value
  if (entry === undefined || !isTurn(entry)) return err(`Expected a turn, was ${entry?.type}`)
  const { type: _type, producers, ...turn } = entry
  if (producers.length !== events.length) return err(`Expected ${producers.length} events, was ${events.length}`)
  const injected = events.map((event, i) => ({ producer: producers[i] as string, event: event as Event }))
  return ok({ ...turn, injected })
}

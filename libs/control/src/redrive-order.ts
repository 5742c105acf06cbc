import { err, ok, type Result } from '@triplane/kernel'
import { parseWhy } from './parse-why.ts'

/** A record of the bus that was refused, as its dead letter has it: whole, and where it lies. */
export interface RedrivenRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly runId: string
  /** Who wrote it. */
  readonly producer: string
  readonly raw: Buffer
}

/** What a plane makes of a refused record: the number of events that it gives its core, or why none. */
export interface RedriveDesk {
  /** Changes nothing. 0: the plane has them already, or hears none of them. */
  judge(record: RedrivenRecord): Result<number, string>
  /** Gives the events to the core, as inputs of its next turn. */
  give(record: RedrivenRecord): Result<number, string>
}

/**
 * Reads a record and the reason from the body `{ "record": { "topic": "...", "partition": 0, "offset": 7, "key": "...",
 * "runId": "...", "producer": "...", "bytes": 42, "raw": "<base64>" }, "why": "..." }`; otherwise gives what was expected and
 * found. A record that was cut, whose `bytes` are not those of `raw`, is refused.
 */
export function parseRedrive(body: unknown): Result<{ readonly record: RedrivenRecord; readonly why: string }, string> {
  if (!isObject(body)) return err('Expected a body such as {"record": {...}, "why": "..."}.')
  const { record, ...rest } = body
  const why = parseWhy(rest)
  if (!why.ok) return why
  if (!isObject(record)) return err('Expected record to be an object.')
  const { topic, key, runId, producer, partition, offset, bytes, raw } = record
  if (!isText(topic) || !isText(key) || !isText(runId) || !isText(producer) || !isText(raw))
    return err('Expected topic, key, runId, producer and raw of the record to be texts.')
  if (!isCount(partition) || !isCount(offset) || !isCount(bytes))
    return err('Expected partition, offset and bytes of the record to be whole numbers from 0.')
  const found = Buffer.from(raw, 'base64')
  if (found.length !== bytes)
    return err(`Expected a record that was kept whole, was ${found.length} bytes of ${bytes}.`)
  return ok({ record: { topic, partition, offset, key, runId, producer, raw: found }, why: why.value })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

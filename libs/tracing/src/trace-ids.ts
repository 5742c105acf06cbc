import { createHash } from 'node:crypto'
import type { SpanName } from './span-tree.ts'

const TRACE_ID_DIGITS = 32
const SPAN_ID_DIGITS = 16
/** Digits at the end of a trace id that decide on sampling: 52 bits, exact in a number. */
const SAMPLED_DIGITS = 13

/** The trace of an order: 32 hex digits, the same in every process. */
export function traceIdOf(runId: string, intentId: string): string {
  return digest(`${runId}\n${intentId}`, TRACE_ID_DIGITS)
}

/** A span of a trace: 16 hex digits. `key` distinguishes spans of one name. */
export function spanIdOf(traceId: string, name: SpanName, key = ''): string {
  return digest(`${traceId}\n${name}\n${key}`, SPAN_ID_DIGITS)
}

/** Whether a trace belongs to the kept `ratio` (0-1) of all: decided by its id, so planes with the same ratio agree. */
export function isSampledAt(ratio: number, traceId: string): boolean {
  return Number.parseInt(traceId.slice(-SAMPLED_DIGITS), 16) < ratio * 16 ** SAMPLED_DIGITS
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}

import type { Watermark } from '../bus.ts'
import type { IHeaders } from 'kafkajs'

/** The origin of a record, from its headers. */
export interface RecordOrigin {
  readonly runId: string
  readonly producer: string
  readonly seq: number
  readonly tsSentUs: number
  readonly traceparent: string | undefined
  readonly watermark: Watermark | undefined
}

/** The origin of a record whose headers have no valid one. */
export const unknownOrigin: RecordOrigin = {
  runId: '',
  producer: '',
  seq: 0,
  tsSentUs: 0,
  traceparent: undefined,
  watermark: undefined,
}

/** Headers of a record: `run`, `producer`, `seq`, `ts` and, if present, `traceparent`, `wm` and `final`. */
export function encodeHeaders(origin: RecordOrigin): IHeaders {
  const { runId, producer, seq, tsSentUs, traceparent, watermark } = origin
  const headers: IHeaders = { run: runId, producer, seq: String(seq), ts: String(tsSentUs) }
  if (traceparent !== undefined) headers['traceparent'] = traceparent
  if (watermark !== undefined) {
    headers['wm'] = String(watermark.throughUs)
    if (watermark.final) headers['final'] = '1'
  }
  return headers
}

/** Parses headers from outside; undefined when one is missing or invalid. */
export function decodeHeaders(headers: IHeaders | undefined): RecordOrigin | undefined {
  if (headers === undefined) return undefined
  const runId = textOf(headers['run'])
  const producer = textOf(headers['producer'])
  const seq = integerOf(headers['seq'])
  const tsSentUs = integerOf(headers['ts'])
  if (!runId || !producer || seq === undefined || tsSentUs === undefined) return undefined

  const traceparent = headers['traceparent'] === undefined ? undefined : textOf(headers['traceparent'])
  if (headers['wm'] === undefined) return { runId, producer, seq, tsSentUs, traceparent, watermark: undefined }
  const throughUs = Number(textOf(headers['wm']) || NaN)
  if (Number.isNaN(throughUs)) return undefined
  const watermark = { throughUs, final: textOf(headers['final']) === '1' }
  return { runId, producer, seq, tsSentUs, traceparent, watermark }
}

/** Undefined for a repeated header. */
function textOf(value: IHeaders[string]): string | undefined {
  return typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('utf8') : undefined
}

function integerOf(value: IHeaders[string]): number | undefined {
  const text = textOf(value)
  if (!text) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

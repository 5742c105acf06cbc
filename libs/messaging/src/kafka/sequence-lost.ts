import { causesOf } from './causes.ts'

/** Answers of a broker that does not know the previous records, or accepts records from a newer producer only. */
const types: ReadonlySet<unknown> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
])

/** Whether a send failed so that sending on would leave a hole. */
export function isSequenceLost(error: unknown): boolean {
  for (const each of causesOf(error)) if ('type' in each && types.has(each.type)) return true
  return false
}

import { causesOf } from './causes.ts'

/** What the broker answers when it does not know what came before, or takes records from a newer producer only. */
const types: ReadonlySet<unknown> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
])

/** Whether a send failed in a way after which sending on would leave a hole. */
export function isSequenceLost(error: unknown): boolean {
  for (const each of causesOf(error)) if ('type' in each && types.has(each.type)) return true
  return false
}

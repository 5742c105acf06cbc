/** What the broker answers when it does not know what came before, or takes records from a newer producer only. */
const types: ReadonlySet<unknown> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
])

/** Whether a send failed in a way after which sending on would leave a hole. kafkajs wraps errors in errors. */
export function isSequenceLost(error: unknown): boolean {
  for (let depth = 0, each = error; depth < 5 && typeof each === 'object' && each !== null; depth++) {
    const { type, cause, originalError } = each as { type?: unknown; cause?: unknown; originalError?: unknown }
    if (types.has(type)) return true
    each = cause ?? originalError
  }
  return false
}

const MAX_DEPTH = 5

/** An error and its causes, outermost first: kafkajs wraps errors in errors. */
export function* causesOf(error: unknown): Generator<object> {
  for (let depth = 0, each = error; depth < MAX_DEPTH && typeof each === 'object' && each !== null; depth++) {
    yield each
    const { cause, originalError } = each as { cause?: unknown; originalError?: unknown }
    each = cause ?? originalError
  }
}

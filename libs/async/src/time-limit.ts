/** A time limit passed without an answer, an end or an arrival. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'timeout'
  readonly retryable = true

  /** `what` was expected: "an answer". */
  constructor(what: string, ms: number) {
    super(`Expected ${what} within ${ms} ms, was none`)
  }
}

/** The latest end of a wait. */
interface Limit {
  readonly ms?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Whether `work` ends within `ms` and before the signal aborts. Rejects when the work fails in that time; ignores how it ends
 * later.
 */
export function endsWithin(work: Promise<unknown>, { ms, signal }: Limit): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const late = () => {
      leave()
      resolve(false)
    }
    const leave = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', late)
    }
    const timer = ms === undefined ? undefined : setTimeout(late, ms)
    signal?.addEventListener('abort', late)
    work.then(
      () => {
        leave()
        resolve(true)
      },
      (error: Error) => {
        leave()
        reject(error)
      },
    )
    if (signal?.aborted) late()
  })
}

/**
 * Returns the result of `work`. Rejects with a `TimeoutError` after `ms`, or with the signal's reason when that aborts first;
 * the work itself goes on.
 */
export async function withTimeout<T>(
  work: Promise<T>,
  { what, ms, signal }: Limit & { readonly ms: number; readonly what: string },
): Promise<T> {
  if (await endsWithin(work, { ms, signal })) return work
  signal?.throwIfAborted()
  throw new TimeoutError(what, ms)
}

const SECOND_MS = 1_000

/**
 * How long to send nothing after an answer, milliseconds, by the statuses that are about rates: `unnamedMs` when the answer
 * does not say. `retryAfter` is that header's value, seconds.
 */
export const refusalWaits =
  (unnamedMs: Readonly<Record<number, number>>) =>
  (status: number, retryAfter: string | undefined): number | undefined => {
    if (!Object.hasOwn(unnamedMs, status)) return undefined
    const seconds = Number(retryAfter)
    return retryAfter !== undefined && seconds > 0 ? seconds * SECOND_MS : unnamedMs[status]
  }

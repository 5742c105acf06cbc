const SECOND_MS = 1_000

/**
 * How long nothing may be sent after an answer, milliseconds, by the statuses that are a matter of rates: `unnamedMs` where the
 * answer does not say. `retryAfter` is that header's value, seconds.
 */
export const refusalWaits =
  (unnamedMs: Readonly<Record<number, number>>) =>
  (status: number, retryAfter: string | undefined): number | undefined => {
    if (!Object.hasOwn(unnamedMs, status)) return undefined
    const seconds = Number(retryAfter)
    return retryAfter !== undefined && seconds > 0 ? seconds * SECOND_MS : unnamedMs[status]
  }

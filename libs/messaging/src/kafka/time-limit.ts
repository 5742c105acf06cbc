import { BusError } from '../bus-error.ts'

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What is known of why no answer came in time. */
type WhyLate = () => Error | undefined

/** Rejects with `unreachable` when `work` fails or has not ended after `ms`. The work itself goes on. */
export async function within<T>(ms: number, what: string, work: Promise<T>, whyLate?: WhyLate): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unreachable(`${what} within ${Math.round(ms)} ms`, whyLate?.())), ms)
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    throw error instanceof BusError ? error : unreachable(what, error)
  } finally {
    clearTimeout(timer)
  }
}

/** Tries `act` again and again, for at most `ms`, as long as Kafka is unreachable. */
export async function persistently<T>(ms: number, what: string, act: () => Promise<T>, whyLate?: WhyLate): Promise<T> {
  const until = performance.now() + ms
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
    try {
      return await within(Math.max(1, until - performance.now()), what, act(), whyLate)
    } catch (error) {
      const isUnreachable = error instanceof BusError && error.code === 'unreachable'
      if (!isUnreachable || performance.now() + delayMs >= until) throw error
    }
    await sleep(delayMs)
  }
}

function unreachable(what: string, cause?: unknown): BusError {
  const { message } = (cause ?? {}) as { readonly message?: string }
  const was = message === undefined ? 'was silent' : `was "${message}"`
  return new BusError('unreachable', `Expected Kafka to answer (${what}), ${was}`, { retryable: true, cause })
}

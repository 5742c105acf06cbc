import type { KafkaBusOptions } from './kafka-options.ts'

const SAME_AGAIN_MS = 10_000
const MAX_MESSAGES = 100

/** Forwards the same entry of the same client at most every 10 s: kafkajs and the bus log each of many retries. */
export function throttleLog(onLog: NonNullable<KafkaBusOptions['onLog']>): NonNullable<KafkaBusOptions['onLog']> {
  const lastMs = new Map<string, number>()
  return (level, message, context) => {
    const { role, producer, group } = context
    const key = `${message} ${String(role ?? producer ?? group)}`
    const nowMs = performance.now()
    if (nowMs - (lastMs.get(key) ?? -Infinity) < SAME_AGAIN_MS) return
    if (lastMs.size >= MAX_MESSAGES) lastMs.clear()
    lastMs.set(key, nowMs)
    onLog(level, message, context)
  }
}

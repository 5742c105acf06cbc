import {
  ageCheck,
  cpuCheck,
  diskCheck,
  eventLoopCheck,
  memoryCheck,
  probeCheck,
  reportCheck,
  type Check,
  type HealthReport,
  type RuledCheck,
} from '@triplane/health'
import type { Clock } from '@triplane/kernel'

/** Free disk space, bytes, below which a plane is unhealthy: the input log needs room. */
const MIN_FREE_BYTES = 500_000_000
const MAX_EVENT_LOOP_LAG_SECONDS = 1
const MAX_CPU_RATIO = 0.98
/** Silence of the source after which a data plane reports a dead feed. */
const MAX_FEED_SILENCE_SECONDS = 30

/** The checks of process and machine that every plane has, with one set of thresholds. `folder` holds its state. */
export function processChecks(
  folder: string,
  clock: Clock,
): { readonly checks: Readonly<Record<string, Check | RuledCheck>>; close(): void } {
  const eventLoop = eventLoopCheck({ maxLagSeconds: MAX_EVENT_LOOP_LAG_SECONDS, clock })
  return {
    checks: {
      disk: diskCheck({ folder, minFreeBytes: MIN_FREE_BYTES }),
      memory: memoryCheck(),
      cpu: { check: cpuCheck({ maxRatio: MAX_CPU_RATIO, clock }), failsAs: 'degraded' },
      event_loop: eventLoop.check,
    },
    close: () => eventLoop.close(),
  }
}

/** Whether Kafka can be reached, for health and readiness: `ping` rejects when it cannot. */
export function kafkaChecks(ping: () => Promise<void>) {
  const check = probeCheck('Kafka', ping)
  return { checks: { kafka: { check, timeoutMs: 3000, failsAs: 'degraded' } }, readiness: { kafka: check } } as const
}

/**
 * Whether history is stored. Work goes on without it: rows wait on disk, and the trading rules decide whether to trade.
 */
export function databaseCheck(report: () => HealthReport): RuledCheck {
  return { check: reportCheck(report), isNeeded: false }
}

/**
 * Whether the source of a data plane sends anything; `lastSeenUs` is wall time. What stale data means for trading, the
 * planes judge.
 */
export function feedCheck(lastSeenUs: () => number | undefined, clock: Clock): RuledCheck {
  return { check: ageCheck(MAX_FEED_SILENCE_SECONDS, lastSeenUs, clock), isNeeded: false }
}

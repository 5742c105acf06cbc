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

/** Free bytes of the disk below which a plane is not healthy: the input log has to go somewhere. */
const MIN_FREE_BYTES = 500_000_000
const MAX_EVENT_LOOP_LAG_SECONDS = 1
const MAX_CPU_RATIO = 0.98
/** Without anything from its source for so long a data plane says that its feed is dead. */
const MAX_FEED_SILENCE_SECONDS = 30

/** The checks of the process and its machine that every plane has, by one set of thresholds. `folder` is where its state lies. */
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

/** Whether Kafka is reached, while a service is at work and before it is ready: `ping` rejects when it is not. */
export function kafkaChecks(ping: () => Promise<void>) {
  const check = probeCheck('Kafka', ping)
  return { checks: { kafka: { check, timeoutMs: 3000, failsAs: 'degraded' } }, readiness: { kafka: check } } as const
}

/** Whether history is stored. Work goes on without: rows wait on the disk, and whether to trade the trading rules decide. */
export function databaseCheck(report: () => HealthReport): RuledCheck {
  return { check: reportCheck(report), isNeeded: false }
}

/** Whether the source of a data plane says anything; `lastSeenUs` is wall time. What stale data means for trading the planes judge. */
export function feedCheck(lastSeenUs: () => number | undefined, clock: Clock): RuledCheck {
  return { check: ageCheck(MAX_FEED_SILENCE_SECONDS, lastSeenUs, clock), isNeeded: false }
}

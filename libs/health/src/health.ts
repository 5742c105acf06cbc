import { withTimeout } from '@triplane/async'
import { systemClock, type Clock } from '@triplane/kernel'

/** The result of a check: healthy or not, and the numbers behind it. */
export interface Verdict {
  readonly healthy: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** Checks one part of the service. A check that throws or takes too long fails. */
export type Check = () => Verdict | Promise<Verdict>

/** A check with rules of its own. */
export interface RuledCheck {
  readonly check: Check
  /** Time-out, milliseconds. Default: that of all checks. */
  readonly timeoutMs?: number
  /** Effect of a failure on the service. `degraded` is only shown: for parts that it can work without. */
  readonly failsAs?: 'unhealthy' | 'degraded'
  /** False for a part that the service can work without: its failure leaves it ready, and at most degraded. Default true. */
  readonly isNeeded?: boolean
}

export interface HealthOptions {
  /** Checks that must pass for the service to be healthy. */
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** Additional checks that must pass for the service to be ready. */
  readonly readiness?: Readonly<Record<string, Check | RuledCheck>>
  /** Time-out of a check without its own, milliseconds. Default 2000. */
  readonly timeoutMs?: number
  /** Timestamps the results. */
  readonly clock?: Clock
}

/** The status of a part, and, as the worst of them, of the service. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** The result of one check; `timestamp` is ISO 8601, UTC. */
export type CheckResult = {
  readonly status: HealthStatus
  readonly timestamp: string
  /** Set for a part that the service can work without. */
  readonly isNeeded?: false
} & ({ readonly details: Verdict['details'] } | { readonly error: string })

export type CheckResults = Readonly<Record<string, CheckResult>>

/** The health of a service, evaluated at each call. */
export interface Health {
  /** Runs all checks of health. */
  checkHealth(): Promise<CheckResults>
  /** Runs the needed checks of health, and those of readiness. */
  checkReadiness(): Promise<CheckResults>
  /** Whether no readiness check found the service unhealthy. */
  isReady(): Promise<boolean>
}

/** A runnable check: without overlap, with every rule set. */
interface Rule extends Required<RuledCheck> {
  readonly name: string
  readonly check: () => Promise<Verdict>
}

/** Builds a registry of checks, which run concurrently, each with its time-out. A check still running is not started again. */
export function createHealth({
  checks = {},
  readiness = {},
  timeoutMs = 2000,
  clock = systemClock,
}: HealthOptions): Health {
  const ofHealth = rulesOf(checks, timeoutMs)
  const ofReadiness = rulesOf(readiness, timeoutMs)

  async function judge({ check, timeoutMs, failsAs, isNeeded }: Rule): Promise<CheckResult> {
    const outcome = await within(timeoutMs, check)
    const timestamp = new Date(clock.nowUs() / 1000).toISOString()
    const part = { timestamp, ...(!isNeeded && { isNeeded: false as const }) }
    if (outcome instanceof Error) return { status: failsAs, ...part, error: outcome.message }
    return { status: outcome.healthy ? 'healthy' : failsAs, ...part, details: outcome.details }
  }

  async function run(rules: readonly Rule[]): Promise<CheckResults> {
    const results = await Promise.all(rules.map(async (rule) => [rule.name, await judge(rule)] as const))
    return Object.fromEntries(results)
  }

  const checkReadiness = () => run([...ofHealth.filter(({ isNeeded }) => isNeeded), ...ofReadiness])
  return {
    checkHealth: () => run(ofHealth),
    checkReadiness,
    isReady: async () => Object.values(await checkReadiness()).every(({ status }) => status !== 'unhealthy'),
  }
}

function rulesOf(checks: Readonly<Record<string, Check | RuledCheck>>, timeoutMs: number): readonly Rule[] {
  return Object.entries(checks).map(([name, given]) => {
    const ruled: RuledCheck = typeof given === 'function' ? { check: given } : given
    return { timeoutMs, failsAs: 'unhealthy', isNeeded: true, ...ruled, name, check: withoutOverlap(ruled.check) }
  })
}

/** Wraps a check so that concurrent callers share one run. */
function withoutOverlap(check: Check): () => Promise<Verdict> {
  let underway: Promise<Verdict> | undefined
  return () => {
    underway ??= (async () => check())().finally(() => {
      underway = undefined
    })
    return underway
  }
}

async function within(timeoutMs: number, check: () => Promise<Verdict>): Promise<Verdict | Error> {
  try {
    return await withTimeout(check(), { ms: timeoutMs, what: 'an answer' })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

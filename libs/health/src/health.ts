import { withTimeout } from '@triplane/async'
import { systemClock, type Clock } from '@triplane/kernel'

/** What a check found: healthy or not, and the numbers by which it was judged. */
export interface Verdict {
  readonly healthy: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** Judges one part of the service. A check that throws or takes too long has failed. */
export type Check = () => Verdict | Promise<Verdict>

/** A check with rules of its own. */
export interface RuledCheck {
  readonly check: Check
  /** How long it may take, milliseconds. Default: that of all checks. */
  readonly timeoutMs?: number
  /** What a failure makes of the service. `degraded` is shown and does no more: for parts that it works without. */
  readonly failsAs?: 'unhealthy' | 'degraded'
  /** False for a part that work goes on without: its failure leaves the service ready, and at most degraded. Default true. */
  readonly isNeeded?: boolean
}

export interface HealthOptions {
  /** What must hold for the service to be healthy. */
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** What must hold beside that before the service is ready for work. */
  readonly readiness?: Readonly<Record<string, Check | RuledCheck>>
  /** How long a check may take that does not say so itself, milliseconds. Default 2000. */
  readonly timeoutMs?: number
  /** Dates the results. */
  readonly clock?: Clock
}

/** What a check says of its part, and the worst of them of the service. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** The result of one check; `timestamp` is ISO 8601, UTC. */
export type CheckResult = {
  readonly status: HealthStatus
  readonly timestamp: string
  /** Set for a part that work goes on without. */
  readonly isNeeded?: false
} & ({ readonly details: Verdict['details'] } | { readonly error: string })

export type CheckResults = Readonly<Record<string, CheckResult>>

/** The health of a service, judged anew at each call. */
export interface Health {
  /** All checks of health. */
  checkHealth(): Promise<CheckResults>
  /** All checks of health that are needed, and those of readiness. */
  checkReadiness(): Promise<CheckResults>
  /** Whether none of these found the service unhealthy. */
  isReady(): Promise<boolean>
}

/** A check as it is run: no overlap, every rule set. */
interface Rule extends Required<RuledCheck> {
  readonly name: string
  readonly check: () => Promise<Verdict>
}

/** Builds a registry of checks. They run side by side, each with a time-out of its own; it remembers what still runs. */
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

/** The same check; while a run of it is under way, callers share that run. */
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

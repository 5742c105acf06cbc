import { systemClock, type Clock } from '@triplane/kernel'

/** What a check found: healthy or not, and the numbers by which it was judged. */
export interface Verdict {
  readonly healthy: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** Judges one part of the service. A check that throws or takes too long has failed. */
export type Check = () => Verdict | Promise<Verdict>

export interface HealthOptions {
  /** What must hold for the service to be healthy. */
  readonly checks?: Readonly<Record<string, Check>>
  /** What must hold beside that before the service is ready for work. */
  readonly readiness?: Readonly<Record<string, Check>>
  /** How long each check may take. Default 2000. */
  readonly timeoutMs?: number
  /** Dates the results. */
  readonly clock?: Clock
}

/** The result of one check; `timestamp` is ISO 8601, UTC. */
export type CheckResult =
  | { readonly status: 'healthy' | 'unhealthy'; readonly timestamp: string; readonly details: Verdict['details'] }
  | { readonly status: 'unhealthy'; readonly timestamp: string; readonly error: string }

export type CheckResults = Readonly<Record<string, CheckResult>>

/** The health of a service, judged anew at each call. */
export interface Health {
  /** All checks of health. */
  checkHealth(): Promise<CheckResults>
  /** All checks of health and readiness. */
  checkReadiness(): Promise<CheckResults>
}

/** Builds a registry of checks. They run side by side, each with a time-out of its own; it remembers what still runs. */
export function createHealth({
  checks = {},
  readiness = {},
  timeoutMs = 2000,
  clock = systemClock,
}: HealthOptions): Health {
  const ofHealth = Object.entries(checks).map(([name, check]) => [name, withoutOverlap(check)] as const)
  const ofReadiness = Object.entries(readiness).map(([name, check]) => [name, withoutOverlap(check)] as const)

  async function run(all: readonly (readonly [string, () => Promise<Verdict>])[]): Promise<CheckResults> {
    const results = await Promise.all(
      all.map(async ([name, check]): Promise<[string, CheckResult]> => {
        const outcome = await within(timeoutMs, check)
        const timestamp = new Date(clock.nowUs() / 1000).toISOString()
        if (outcome instanceof Error) return [name, { status: 'unhealthy', timestamp, error: outcome.message }]
        return [name, { status: outcome.healthy ? 'healthy' : 'unhealthy', timestamp, details: outcome.details }]
      }),
    )
    return Object.fromEntries(results)
  }

  return {
    checkHealth: () => run(ofHealth),
    checkReadiness: () => run([...ofHealth, ...ofReadiness]),
  }
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
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`Expected an answer within ${timeoutMs} ms, was none`)), timeoutMs)
  })
  try {
    return await Promise.race([check(), tooLate])
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    clearTimeout(timer)
  }
}

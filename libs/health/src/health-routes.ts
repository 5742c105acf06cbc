import { Router, type Response } from 'express'
import type { CheckResult, CheckResults, Health, HealthStatus } from './health.ts'

/**
 * The routes `/health`, `/ready` and `/health/detailed`: 200 while every needed check passes, else 503; with the failed checks.
 * Parts that are degraded, or unhealthy but not needed, are shown and leave it at 200, so that a supervisor does not restart a
 * plane because of its database.
 */
export function healthRoutes(health: Health): Router {
  const routes = Router()
  routes.get('/health', async (_request, response) => {
    answer(response, await health.checkHealth(), { good: 'healthy', bad: 'unhealthy' })
  })
  routes.get('/ready', async (_request, response) => {
    answer(response, await health.checkReadiness(), { good: 'ready', degraded: 'ready', bad: 'not_ready' })
  })
  routes.get('/health/detailed', async (_request, response) => {
    const checks = await health.checkHealth()
    answer(response, checks, { good: 'healthy', bad: 'unhealthy' }, { checks })
  })
  return routes
}

interface Words {
  readonly good: string
  readonly degraded?: string
  readonly bad: string
}

function answer(response: Response, results: CheckResults, words: Words, more: object = {}): void {
  const failed = named(results, 'unhealthy')
  const isBad = failed.some(([, { isNeeded }]) => isNeeded !== false)
  const degraded = named(results, 'degraded')
  const { good, degraded: limping = 'degraded', bad } = words
  const status = isBad ? bad : failed.length + degraded.length > 0 ? limping : good
  const details = Object.fromEntries([...failed, ...degraded].map(([name, result]) => [name, detailsOf(result)]))
  response.status(isBad ? 503 : 200).json({
    status,
    ...(failed.length > 0 && { failed_checks: failed.map(([name]) => name) }),
    ...(degraded.length > 0 && { degraded_checks: degraded.map(([name]) => name) }),
    ...(failed.length + degraded.length > 0 && { details }),
    ...more,
  })
}

function named(results: CheckResults, status: HealthStatus): readonly (readonly [string, CheckResult])[] {
  return Object.entries(results).filter(([, result]) => result.status === status)
}

function detailsOf(result: CheckResult): unknown {
  return 'error' in result ? { error: result.error } : result.details
}

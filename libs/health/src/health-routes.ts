import { Router, type Response } from 'express'
import type { CheckResult, CheckResults, Health } from './health.ts'

/** The routes `/health`, `/ready` and `/health/detailed`: 200 while every check holds, else 503 with what failed. */
export function healthRoutes(health: Health): Router {
  const routes = Router()
  routes.get('/health', async (_request, response) => {
    answer(response, await health.checkHealth(), 'healthy', 'unhealthy')
  })
  routes.get('/ready', async (_request, response) => {
    answer(response, await health.checkReadiness(), 'ready', 'not_ready')
  })
  routes.get('/health/detailed', async (_request, response) => {
    const checks = await health.checkHealth()
    answer(response, checks, 'healthy', 'unhealthy', { checks })
  })
  return routes
}

function answer(response: Response, results: CheckResults, good: string, bad: string, more: object = {}): void {
  const failed = Object.entries(results).filter(([, result]) => result.status === 'unhealthy')
  if (failed.length === 0) {
    response.json({ status: good, ...more })
    return
  }
  const details = Object.fromEntries(failed.map(([name, result]) => [name, detailsOf(result)]))
  response.status(503).json({ status: bad, failed_checks: failed.map(([name]) => name), details, ...more })
}

function detailsOf(result: CheckResult): unknown {
  return 'error' in result ? { error: result.error } : result.details
}

import type { Logger } from '@triplane/logging'
import { createRedisState, type LatestState } from '@triplane/state'
import type { PlaneConfig } from '../service-config.ts'

/** The latest state in Redis, where one is configured. Redis may come and go: nothing waits for it. */
export function openLatestState({ redis }: Pick<PlaneConfig, 'redis'>, logger: Logger): LatestState | undefined {
  if (redis.url === undefined) {
    logger.info('No REDIS_URL: the latest state is not published')
    return undefined
  }
  return createRedisState({
    url: redis.url,
    ...(redis.password !== undefined && { password: redis.password }),
    account: 'desk',
  })
}

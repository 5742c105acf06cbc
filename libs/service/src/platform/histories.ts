import type { Run } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import type { Metrics } from '@triplane/metrics'
import type { ServiceConfig } from '../service-config.ts'
import type { RunHistory } from './plane-service.ts'

/** History of the runs that a service hosts, in one database. */
export interface Histories {
  open(run: Run): RunHistory
  health(): { readonly isHealthy: boolean; readonly fault?: Error }
  close(): Promise<void>
}

/** History in the configured database; undefined when there is none. */
export function openHistories(config: ServiceConfig, _metrics: Metrics<string>, logger: Logger): Histories | undefined {
  if (config.storage.url === undefined) logger.info('No DATABASE_URL: nothing is stored')
  return undefined
}

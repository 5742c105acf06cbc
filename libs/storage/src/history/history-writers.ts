import type pg from 'pg'
import { join } from 'node:path'
import { workerWriters } from '../worker/worker-writers.ts'
import { BatchWriter } from './batch-writer.ts'
import type { RowWriters } from './row-writer.ts'

/** The bundle of the thread that writes history, beside that of the service. */
const WORKER_FILE = 'history-worker.js'

/** Writers on this thread, over connections of the pool. */
export function poolWriters(pool: pg.Pool): RowWriters {
  return { of: (runId) => new BatchWriter(pool, runId), close: () => Promise.resolve() }
}

/**
 * Writers for the history in a database: in a service that was bundled, on a thread of their own with own connections to `url`;
 * from sources, where there is no bundle of that thread, over the pool.
 */
export function historyWriters({ pool, url }: { readonly pool: pg.Pool; readonly url: string }): RowWriters {
  // `tools/build.mjs` replaces exactly this expression.
  const folder = process.env['TRIPLANE_BUNDLE_FOLDER']
  return folder === undefined ? poolWriters(pool) : workerWriters(join(folder, WORKER_FILE), { url })
}

import pg from 'pg'

const CONNECT_TIMEOUT_MS = 5000

/** A pool for any server; not connected yet. */
export function createPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    application_name: 'triplane',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // A broken connection is replaced at the next use, and its current user gets the error.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

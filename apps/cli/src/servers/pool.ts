import pg from 'pg'

/** Connections for one command. */
export function createPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    application_name: 'triplane-cli',
    connectionTimeoutMillis: 5000,
  })
  // A broken idle connection surfaces at its next use.
  pool.on('error', () => undefined)
  return pool
}

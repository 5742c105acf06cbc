import pg from 'pg'

/** Connections for one command. */
export function createPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    application_name: 'triplane-cli',
    connectionTimeoutMillis: 5000,
  })
  // An idle connection that breaks is noticed at the next use.
  pool.on('error', () => undefined)
  return pool
}

// An embedded Postgres shared by the contenders of a bench: started in the bench's own process, announced through the environment.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Trade } from '@triplane/contracts'
import { openDatabase, type Database } from '@triplane/storage'
import pg from 'pg'

const URL_VARIABLE = 'TRIPLANE_BENCH_DATABASE'
/** 2024-08-08 */
const DAY_US = 1_723_075_200_000_000
const DAY_LENGTH_US = 86_400_000_000

/** Runs `bench` with a database; runs it at once in a contender's process, which uses the shared one. */
export async function withDatabase(
  prepare: (database: Database) => Promise<void>,
  bench: () => Promise<void>,
): Promise<void> {
  if (process.env[URL_VARIABLE] !== undefined) return bench()
  const folder = mkdtempSync(join(tmpdir(), 'triplane-bench-'))
  const database = await openDatabase({ embedded: { folder: join(folder, 'postgres') } })
  try {
    await prepare(database)
    process.env[URL_VARIABLE] = database.url
    await bench()
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A contender's connections. */
export function benchPool(): pg.Pool {
  return new pg.Pool({ connectionString: process.env[URL_VARIABLE], max: 1 })
}

/** A day of trades of one instrument, evenly spread. */
export function aDayOfTrades(count: number): Trade[] {
  const stepUs = Math.floor(DAY_LENGTH_US / count)
  let random = 7
  const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below
  return Array.from({ length: count }, (_, i) => ({
    type: 'trade',
    seq: i + 1,
    source: 'bench',
    instrument: 'BTC/USDT:USDT@binance_usdm',
    tsRecvUs: DAY_US + i * stepUs + 1500,
    tsEventUs: DAY_US + i * stepUs,
    tradeId: 5_000_000_000 + i,
    price: (617_000 + next(2000)) / 10,
    size: (1 + next(5000)) / 1000,
    aggressor: next(2) === 0 ? 'buy' : 'sell',
  }))
}

export const benchDay = { fromUs: DAY_US, toUs: DAY_US + DAY_LENGTH_US } as const

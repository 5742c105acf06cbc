import { join } from 'node:path'
import { openDatabase, type Database } from '@triplane/storage'
import type { Report } from '../src/report.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const seeded = ['--seed', '11', '--start-time', '2024-08-08T14:30Z', '--speed', 'max', '--duration', '60s']

describe('the history of a resumed run', () => {
  const varFolder = temporaryFolder()

  it('has the rows of both parts', async () => {
    await runStandalone([...seeded.slice(0, -1), '20s', '--storage', 'on'], varFolder())
    const { storage, events } = await runStandalone(
      ['--resume', '--speed', 'max', '--duration', '10s', '--storage', 'on'],
      varFolder(),
    )
    expect(storage).toMatchObject({ rows: { trade: events.trade, quote: events.quote, fill: events.fill }, dropped: 0 })
  }, 180_000)
})

describe('history in the embedded Postgres', () => {
  const varFolder = temporaryFolder()
  let withStore: Report
  let again: Report
  let without: Report
  beforeAll(async () => {
    withStore = await runStandalone([...seeded, '--storage', 'on'], varFolder())
    again = await runStandalone([...seeded, '--storage', 'on'], varFolder())
    without = await runStandalone(seeded, varFolder())
  }, 120_000)

  it('has the same hashes with the store on and off, and in a database that already holds the run', () => {
    expect(withStore.events.fill).toBeGreaterThan(0)
    expect(withStore.hashes).toEqual(without.hashes)
    expect(again.hashes).toEqual(without.hashes)
  })

  it('has the rows that the report counts', async () => {
    const database: Database = await openDatabase({ embedded: { folder: join(varFolder(), 'postgres') } })
    try {
      for (const report of [withStore, again]) {
        const count = async (table: string) => {
          const result = await database.pool.query<{ count: string }>(
            `select count(*) from ${table} where run_id = $1`,
            [report.run.id],
          )
          return Number(result.rows[0]?.count)
        }
        const { events, orders } = report
        expect(await count('trades')).toBe(events.trade)
        expect(await count('quotes')).toBe(events.quote)
        expect(await count('ofi')).toBe(events.ofi)
        expect(await count('bars')).toBe(events.bar)
        expect(await count('fills')).toBe(events.fill)
        expect(await count('slowest_fills')).toBe(Math.min(events.fill, 100))
        expect(await count('orders')).toBe(Object.values(orders).reduce((sum, states) => sum + states, 0))
        expect(report.storage?.rows['trade']).toBe(events.trade)
        expect(report.storage?.dropped).toBe(0)
        const { rows } = await database.pool.query<{ hash: string }>(
          `select report->>'hash' as hash from runs where run_id = $1`,
          [report.run.id],
        )
        expect(rows[0]?.hash).toBe(report.hash)
      }
    } finally {
      await database.close()
    }
  }, 180_000)
})

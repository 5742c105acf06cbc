import { partitionColumns, partitionedTables } from '../grades/partitioned-tables.ts'
import { grades } from './0002-grades.ts'

const sqlOf = { timescale: '', timescale_apache: '', postgres: '' }
for (const grade of Object.keys(sqlOf) as (keyof typeof sqlOf)[]) sqlOf[grade] = grades.sql(grade)

const matches = (sql: string, pattern: RegExp) => [...sql.matchAll(pattern)].map(([, found]) => found)

describe('the schema with the community licence', () => {
  it('has the hypertables of the Apache licence, with the time in the key', () => {
    const hypertable = /create_hypertable\('(\w+)', by_range\('\w+', interval '1 day'\)/g
    expect(matches(sqlOf.timescale, hypertable)).toEqual(partitionedTables)
    expect(matches(sqlOf.timescale_apache, hypertable)).toEqual(partitionedTables)
    for (const table of partitionedTables) {
      const key = `alter table ${table} add primary key (run_id, producer, seq, ${partitionColumns[table]});`
      for (const sql of Object.values(sqlOf)) expect(sql).toContain(key)
    }
  })

  it('has a continuous aggregate and a refresh policy for each length, built on the one before', () => {
    const { timescale } = sqlOf
    const tables = ['1m', '5m', '15m', '1h', '1d'].map((length) => `bars_rollup_${length}`)
    expect(matches(timescale, /create materialized view (\w+)\s+with \(timescaledb.continuous/g)).toEqual(tables)
    expect(matches(timescale, /^from (\w+) group by 1, 2, 3, 4 with no data;/gm)).toEqual([
      'trades',
      ...tables.slice(0, -1),
    ])
    expect(matches(timescale, /add_continuous_aggregate_policy\('(\w+)', start_offset => null/g)).toEqual(tables)
    expect(timescale).not.toMatch(/rollup_marks|create table bars_rollup/)
  })

  it('compresses every hypertable, with its key in the segments and the order', () => {
    const settings = [
      ...sqlOf.timescale.matchAll(
        /alter table (\w+) set \(timescaledb.compress,\s+.*segmentby = '(.*?)'.*orderby = '(.*?)'\)/g,
      ),
    ]
    expect(settings.map(([, table]) => table)).toEqual(partitionedTables)
    for (const [, table, segments = '', order = ''] of settings) {
      const columns = `${segments}, ${order}`.split(', ')
      expect(columns).toEqual(
        expect.arrayContaining(['run_id', 'producer', 'seq', partitionColumns[table as keyof typeof partitionColumns]]),
      )
    }
    expect(matches(sqlOf.timescale, /add_compression_policy\('(\w+)'/g)).toEqual(partitionedTables)
  })
})

it.each(['timescale_apache', 'postgres'] as const)(
  'the schema of %s uses nothing of the community licence',
  (grade) => {
    expect(sqlOf[grade]).not.toMatch(/timescaledb\.|_policy|materialized|time_bucket|first\(|last\(/)
  },
)

it('plain Postgres uses nothing of TimescaleDB', () => {
  expect(sqlOf.postgres).not.toMatch(/hypertable|by_range/)
})

import type pg from 'pg'
import type { CopiedTable } from './copied-tables.ts'

/** Row counts by run, or, for a table without runs, under one name. */
export type RowCounts = ReadonlyMap<string, number>

/** Counts the rows of a table, exactly; only those of `runs`, if given. */
export async function countRows(pool: pg.Pool, table: CopiedTable, runs?: readonly string[]): Promise<RowCounts> {
  const group = table.isByRun ? 'run_id' : `'all'`
  const where = table.isByRun && runs !== undefined ? 'where run_id = any($1)' : ''
  const { rows } = await pool.query<{ name: string; count: string }>(
    `select ${group} as name, count(*) as count from ${table.name} ${where} group by 1`,
    where === '' ? [] : [runs],
  )
  return new Map(rows.map(({ name, count }) => [name, Number(count)]))
}

export function totalOf(counts: RowCounts): number {
  return [...counts.values()].reduce((sum, rows) => sum + rows, 0)
}

/** Whether the target has exactly as many rows as the source, for everything in the source. */
export function areEqual(source: RowCounts, target: RowCounts): boolean {
  return [...source].every(([name, rows]) => target.get(name) === rows)
}

/** Whether the target has at least as many rows. */
export function hasAll(source: RowCounts, target: RowCounts): boolean {
  return [...source].every(([name, rows]) => (target.get(name) ?? 0) >= rows)
}

import { partitionedTables } from './partitioned-tables.ts'
import { retentionPolicies } from './retention-policies.ts'

describe('retention policies', () => {
  it('are set for the tables that are named and taken from the others', () => {
    const lines = retentionPolicies({ quotes: 7 }).split('\n')
    expect(lines.filter((line) => line.includes('remove_retention_policy'))).toHaveLength(partitionedTables.length)
    expect(lines.filter((line) => line.includes('add_retention_policy'))).toEqual([
      "select add_retention_policy('quotes', drop_created_before => interval '8 days');",
    ])
    expect(lines.join(' ')).toContain("add_continuous_aggregate_policy('bars_rollup_1m', start_offset => null")
  })

  it('keep a refresh from times whose trades are gone', () => {
    const sql = retentionPolicies({ trades: 30 })
    expect(sql).toContain("add_retention_policy('trades', drop_created_before => interval '31 days')")
    expect(sql).toContain("add_continuous_aggregate_policy('bars_rollup_1m', start_offset => interval '30 days'")
  })
})

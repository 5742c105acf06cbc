import { partitionedTables } from './partitioned-tables.ts'
import type { RetentionDays } from './retention-job.ts'

/**
 * SQL that sets TimescaleDB's policies to these days, and takes away those of tables that are not named. A chunk's age counts
 * from when it was made, which is when its day began, or a replay of it; hence a day more. Minutes are refreshed as far back as
 * trades are kept: a refresh of a time whose trades are gone would take its bars away.
 */
export function retentionPolicies(days: RetentionDays): string {
  const policies = partitionedTables.map((table) => {
    const kept = days[table]
    const remove = `select remove_retention_policy('${table}', if_exists => true);`
    if (kept === undefined) return remove
    return `${remove}\nselect add_retention_policy('${table}', drop_created_before => interval '${kept + 1} days');`
  })
  const back = days.trades === undefined ? 'null' : `interval '${days.trades} days'`
  return `${policies.join('\n')}
select remove_continuous_aggregate_policy('bars_rollup_1m', if_exists => true);
select add_continuous_aggregate_policy('bars_rollup_1m', start_offset => ${back},
  end_offset => interval '1 minute', schedule_interval => interval '1 minute');`
}

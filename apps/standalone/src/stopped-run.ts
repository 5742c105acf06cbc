import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { simulatedMarketSchema, simulationPlanSchema } from '@triplane/feeds'
import type { StrategyDefinition } from '@triplane/strategy'
import { planesSchema } from './planes.ts'
import type { Report } from './report.ts'

/** The saved state of a run of these strategies that stopped cleanly: `--resume` continues from it. */
export const stoppedRunSchema = (strategies: readonly StrategyDefinition[]) =>
  stateSchema({
    runId: field.text,
    plan: simulationPlanSchema,
    ofiIntervalUs: field.count,
    market: simulatedMarketSchema,
    planes: planesSchema(strategies),
    /** What was stored; null in a run without storage. */
    storage: field.orNull(
      stateSchema({ rows: field.list(stateSchema({ table: field.text, rows: field.count })), dropped: field.count }),
    ),
  })
export type StoppedRun = StateOf<ReturnType<typeof stoppedRunSchema>>

type Stored = NonNullable<Report['storage']>

/** The saved counts of what was stored. */
export function saveStored(stored: Stored | undefined): StoppedRun['storage'] {
  if (stored === undefined) return null
  const { rows, dropped } = stored
  return { rows: Object.entries(rows).map(([table, count]) => ({ table, rows: count })), dropped }
}

/** What was stored before the run stopped. */
export function storedBefore({ storage }: StoppedRun): Stored | undefined {
  if (storage === null) return undefined
  const { rows, dropped } = storage
  return { rows: Object.fromEntries(rows.map(({ table, rows: count }) => [table, count])), dropped }
}

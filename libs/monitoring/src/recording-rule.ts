import type { RuleGroup } from './alert.ts'
import type { Recorded } from './promql/known-metrics.ts'

/** A recording rule, named level:metric:operations. */
export interface RecordingRule extends Recorded {
  readonly group: RuleGroup
  /** Evaluation interval, seconds. Default `DEFAULT_EVERY_SECONDS`. */
  readonly everySeconds?: number
}

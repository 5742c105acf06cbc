import { knownMetrics, recordingRules } from '@triplane/monitoring'
import { serviceFamilies } from './families.ts'

/** Every series that dashboards and runbooks may name. */
export const knownSeries = knownMetrics(
  recordingRules(),
  serviceFamilies.map(([, family]) => family),
)

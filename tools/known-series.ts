import { knownMetrics, recordingRules } from '@triplane/monitoring'

/** Every series that dashboards and runbooks may name. */
export const knownSeries = knownMetrics(recordingRules())

import { eventDefinitions, topics, type StoredAs, type TopicName } from '@triplane/contracts'
import { counter, gauge, measurement, within } from '../definition.ts'

const topic = within(
  'topic',
  Object.values(topics).map(({ name }): TopicName => name),
)
const storedEvents = eventDefinitions.flatMap(({ store }): StoredAs[] => (store ? [store.as] : []))
/** Stored kinds of events, as metrics name them; each service knows which of them it stores. */
export const storedEvent = within('event_type', storedEvents)
const vital = { priority: 'vital' } as const

/** The metrics of every service about itself, beside the default metrics of Node and the process. */
export const everyServiceCatalog = {
  buildInfo: gauge(
    'triplane_build_info',
    'Always 1; what runs is in the labels.',
    ['version', 'commit', 'node'],
    vital,
  ),
  ready: gauge('triplane_ready', '1 while the service is healthy and ready for work, as /ready says.', [], vital),
  healthCheck: gauge(
    'triplane_health_check',
    '1 while the check holds, 0 while it is unhealthy: what PlaneUnhealthy is about.',
    ['check'],
    vital,
  ),
  heartbeat: measurement(
    'triplane_heartbeat_timestamp_seconds',
    'Origin time of the newest heartbeat that the stage has seen.',
    ['stage'],
    vital,
  ),
  stageIn: counter('triplane_stage_in_total', 'What came into the stage.', ['stage'], vital),
  stageOut: counter('triplane_stage_out_total', 'What went out of the stage.', ['stage'], vital),
  stageRefused: counter('triplane_stage_refused_total', 'What the stage refused.', ['stage', 'reason'], vital),
  busLag: gauge('triplane_bus_lag_seconds', 'Age of the oldest record not yet consumed.', [topic], vital),
  busBuffered: gauge('triplane_bus_buffered', 'Records not yet consumed.', [topic], vital),
  busProduced: counter('triplane_bus_produced_total', 'Records produced.', [topic], vital),
  busConsumed: counter('triplane_bus_consumed_total', 'Records consumed.', [topic], vital),
  busErrors: counter('triplane_bus_errors_total', 'Records that failed.', [topic], vital),
  storageSpilled: gauge(
    'triplane_storage_spilled_bytes',
    'Bytes on the disk of rows that wait for the database.',
    [],
    vital,
  ),
  storageLost: counter(
    'triplane_storage_lost_rows_total',
    'Rows that are in no database: refused by it, more than memory and disk hold, or torn on the disk (unknown).',
    [within('event_type', [...storedEvents, 'unknown'])],
    vital,
  ),
  eventLoopLag: measurement(
    'triplane_event_loop_lag_seconds',
    '99th percentile of the event loop delay over the last 10 s or more.',
    [],
    vital,
  ),
  seriesDropped: counter(
    'triplane_metrics_series_dropped_total',
    'Series dropped because the cap was reached.',
    ['metric'],
    vital,
  ),
}

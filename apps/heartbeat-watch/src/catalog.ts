import { counter, measurement } from '@triplane/metrics'

/** The metrics that heartbeat-watch adds: `heartbeat_watch_age_seconds`, ... */
export const heartbeatWatchCatalog = {
  age: measurement('age_seconds', 'Time since the last heartbeat of the plane came.', ['plane'], { priority: 'vital' }),
  missed: counter(
    'missed_total',
    'Heartbeats of the plane that did not come: one for every 5 s of silence.',
    ['plane'],
    {
      priority: 'vital',
    },
  ),
}

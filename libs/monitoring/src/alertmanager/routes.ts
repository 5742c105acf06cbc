import type { Route, TimeInterval } from './alertmanager-file.ts'
import { neverMuted } from './inhibition.ts'

/** The receivers that alerts are routed to. Each always exists; one without a channel notifies no one. */
export const receiverNames = ['critical', 'error', 'warning', 'deadman', 'nobody'] as const
export type ReceiverName = (typeof receiverNames)[number]

const US_EQUITY_HOURS = 'us-equity-hours'

/**
 * Regular trading hours of New York's exchanges. Holidays are not excluded: on them no data arrives that could cause a warning.
 */
export const timeIntervals: readonly TimeInterval[] = [
  {
    name: US_EQUITY_HOURS,
    time_intervals: [
      {
        weekdays: ['monday:friday'],
        times: [{ start_time: '09:30', end_time: '16:00' }],
        location: 'America/New_York',
      },
    ],
  },
]

/** One message per alert, however many series it fires for; later ones that fire or resolve follow as updates. */
const GROUP_BY = ['alertname', 'plane']

/**
 * The routes, by severity, with their intervals.
 *
 * 1. One incident is one page: the critical alerts of one plane are one group. It leaves 5 s after its first alert fired, so
 *    that alerts that mute it can arrive before. Alerts that are never muted have their own groups, which leave at once.
 * 2. `group_interval` bounds the delay of a resolved message, and of the retry of a message that a channel refused.
 * 3. Warnings about US equities go out in trading hours only: spreads and gaps after hours are normal. Source and symbol
 *    identify them; a symbol with a slash is a pair, which always trades, at whatever source.
 * 4. A problem of the machine affects all of it: warnings and errors of plane `platform` wait 30 s for one another and form one
 *    message. They go where errors go, so that none of them gets less attention than it should.
 * 5. An alert with an unknown severity goes where warnings go, not nowhere.
 */
export const rootRoute: Route = {
  receiver: 'warning',
  group_by: GROUP_BY,
  group_wait: '5s',
  group_interval: '30s',
  repeat_interval: '12h',
  routes: [
    {
      // Each minute: at every second tick, with a margin for an early one.
      matchers: ['alertname="Watchdog"'],
      receiver: 'deadman',
      group_wait: '0s',
      group_interval: '30s',
      repeat_interval: '50s',
    },
    { matchers: ['severity=~"info|none"'], receiver: 'nobody' },
    {
      matchers: ['severity="critical"'],
      receiver: 'critical',
      group_by: ['plane'],
      group_interval: '10s',
      repeat_interval: '1h',
      routes: [{ matchers: [`alertname=~"${neverMuted.join('|')}"`], group_by: GROUP_BY, group_wait: '0s' }],
    },
    {
      matchers: ['severity=~"error|warning"', 'plane="platform"'],
      receiver: 'error',
      group_by: ['plane'],
      group_wait: '30s',
      repeat_interval: '4h',
    },
    { matchers: ['severity="error"'], receiver: 'error', repeat_interval: '4h' },
    {
      // One message per job: jobs fail for separate reasons, and none is worth waking a person.
      matchers: ['plane="jobs"'],
      group_by: [...GROUP_BY, 'dag_id'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '1d',
    },
    {
      matchers: ['severity="warning"', 'plane="data"', 'source=~"ibkr_.+"', 'symbol!~".*/.*"'],
      active_time_intervals: [US_EQUITY_HOURS],
    },
  ],
}

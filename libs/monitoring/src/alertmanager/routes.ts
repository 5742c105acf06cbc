import type { Route, TimeInterval } from './alertmanager-file.ts'
import { neverMuted } from './inhibition.ts'

/** The receivers that alerts are routed to. Each is always there; one that has no channel tells nobody. */
export const receiverNames = ['critical', 'error', 'warning', 'deadman', 'nobody'] as const
export type ReceiverName = (typeof receiverNames)[number]

const US_EQUITY_HOURS = 'us-equity-hours'

/** Regular trading of New York's exchanges. Holidays are not in it: nothing is received on them that could warn. */
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

/** One message for an alert, however many series it fires for; more that fire or resolve follow as updates. */
const GROUP_BY = ['alertname', 'plane']

/**
 * What goes where, by severity, and how often.
 *
 * 1. One incident is one page: the critical alerts of one plane are one group. It leaves 5 s after its first alert fired, so that
 *    what mutes it can arrive before. What is never muted has groups of its own, which leave at once.
 * 2. `group_interval` bounds how late a resolved message is, and how late a message is repeated that a channel refused.
 * 3. Warnings about US equities go out in trading hours only: spreads and gaps after hours are what they are. They are told
 *    by source and symbol; a symbol with a slash is a pair, which trades always, wherever it comes from.
 * 4. What troubles the machine troubles all of it: warnings and errors of plane `platform` wait 30 s for one another and are one
 *    message. They go where errors go, so that none of them is told less than it should be.
 * 5. An alert of a severity that is not ours goes where warnings go, not nowhere.
 */
export const rootRoute: Route = {
  receiver: 'warning',
  group_by: GROUP_BY,
  group_wait: '5s',
  group_interval: '30s',
  repeat_interval: '12h',
  routes: [
    {
      // Each minute: at every second tick, with a margin for one that comes early.
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
      // One message for each job: they fail for reasons of their own, and nobody has to get up.
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

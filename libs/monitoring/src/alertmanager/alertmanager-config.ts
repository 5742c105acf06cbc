import type { AlertmanagerFile } from './alertmanager-file.ts'
import type { Channels } from './channels.ts'
import { inhibitRules } from './inhibition.ts'
import { makeReceivers, type ChannelKinds, type Secrets } from './receivers.ts'
import { rootRoute, timeIntervals, type ReceiverName } from './routes.ts'

export interface AlertmanagerConfig {
  readonly file: AlertmanagerFile
  /** The files needed in `secrets/` beside the configuration: name and content. */
  readonly secrets: Secrets
  readonly kinds: ChannelKinds
  /** Alerts that reach no one, one line each. */
  readonly notices: readonly string[]
}

/** `folder` is where Alertmanager finds this file: it needs absolute paths to the secrets beside it. */
export function alertmanagerConfig(channels: Channels, folder: string): AlertmanagerConfig {
  const { receivers, secrets, kinds } = makeReceivers(channels, `${folder}/secrets`)
  const file = {
    global: { resolve_timeout: '5m' },
    templates: ['templates/*.tmpl'],
    route: rootRoute,
    receivers,
    inhibit_rules: inhibitRules,
    time_intervals: timeIntervals,
  }
  return { file, secrets, kinds, notices: noticesOf(kinds) }
}

function noticesOf(kinds: ChannelKinds): string[] {
  const levels: readonly ReceiverName[] = ['critical', 'error', 'warning']
  const silent = levels.filter((name) => kinds[name].length === 0)
  const notices: string[] = []
  if (silent.length > 0) {
    const which = silent.length === levels.length ? 'Alerts' : `Alerts of severity ${silent.join(' and ')}`
    notices.push(`${which} go nowhere. Set SLACK_WEBHOOK_URL, SMTP_HOST, TELEGRAM_BOT_TOKEN or ALERT_WEBHOOK_URL.`)
  }
  if (kinds.deadman.length === 0) notices.push('Nobody is told when alerting itself stops. Set DEADMAN_URL.')
  return notices
}

import {
  composeConfig,
  ConfigError,
  loadConfig,
  secret,
  secretVariableNames,
  variableNames,
  type Violation,
} from '@triplane/config'
import { z } from 'zod'
import { GRAFANA_URL, PROMETHEUS_URL } from '../alert.ts'
import { channelParts, httpUrl } from '../alertmanager/channels.ts'
import { DURATION } from './duration.ts'

/** A base address: without a query, a fragment, a user or a trailing slash. */
const baseUrl = httpUrl
  .refine((text) => !/[?#@]/.test(text), 'Expected an address without user, query and fragment')
  .transform((text) => text.replace(/\/+$/, ''))

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*=[^=,]+$/

const secretText = secret(z.string().min(1)).optional()

/** The settings of the monitoring stack. The variables have no prefix: `grafana.url` is `GRAFANA_URL`. */
const schema = composeConfig({
  ...channelParts,
  grafana: z.strictObject({
    /** Grafana's public address, for the links in messages. */
    url: baseUrl.default(GRAFANA_URL),
  }),
  prometheus: z.strictObject({
    /** Prometheus' public address, which serves the runbooks. */
    url: baseUrl.default(PROMETHEUS_URL),
    /** Labels of all forwarded samples and of alerts: `site=seoul,environment=live`. */
    externalLabels: z
      .array(z.string().refine((text) => LABEL.test(text), 'Expected labels such as site=seoul'))
      .default([]),
    /** A second destination of samples, by Prometheus' remote write. */
    remoteWriteUrl: httpUrl
      .refine(
        (text) => !/^[^/]+\/\/[^/]*@/.test(text),
        'Expected an address without a user: there are settings for that',
      )
      .optional(),
    remoteWriteUsername: z.string().min(1).optional(),
    remoteWritePassword: secretText,
    /** Bearer token, instead of user and password. */
    remoteWriteToken: secretText,
  }),
  book: z.strictObject({
    /** The interval between two scrapes of the book levels. */
    scrapeInterval: z
      .string()
      .refine((text) => DURATION.test(text), 'Expected a duration such as 1s')
      .default('1s'),
  }),
  triplane: z.strictObject({
    /** Where the planes run: in the compose network, or on its host. */
    targets: z.enum(['compose', 'host']).default('compose'),
  }),
})
export type MonitoringSettings = z.output<typeof schema>

/** Every variable; those of secrets also as `<NAME>_FILE`. */
export const monitoringVariables: readonly string[] = variableNames(schema, '')

const known = new Set([...monitoringVariables, ...secretVariableNames(schema, '').map((name) => `${name}_FILE`)])

/** An unknown variable with such a prefix is a mistake; so is one that differs from a known one by at most two letters. */
const FAMILIES =
  /^(SLACK_WEBHOOK|SMTP_|PAGERDUTY_|TELEGRAM_|ALERT_EMAIL|ALERT_WEBHOOK|DEADMAN_|PROMETHEUS_REMOTE_WRITE)/
const MISTYPED = 2

/** Settings that have no effect without others. */
const needs: readonly (readonly [set: string, needed: readonly string[]])[] = [
  ['SMTP_HOST', ['SMTP_FROM', 'ALERT_EMAIL_TO']],
  ['SMTP_FROM', ['SMTP_HOST', 'ALERT_EMAIL_TO']],
  ['ALERT_EMAIL_TO', ['SMTP_HOST', 'SMTP_FROM']],
  ['SMTP_USERNAME', ['SMTP_PASSWORD', 'SMTP_HOST']],
  ['SMTP_PASSWORD', ['SMTP_USERNAME']],
  ['TELEGRAM_BOT_TOKEN', ['TELEGRAM_CHAT_ID']],
  ['TELEGRAM_CHAT_ID', ['TELEGRAM_BOT_TOKEN']],
  ['ALERT_WEBHOOK_TOKEN', ['ALERT_WEBHOOK_URL']],
  ['PROMETHEUS_REMOTE_WRITE_USERNAME', ['PROMETHEUS_REMOTE_WRITE_PASSWORD', 'PROMETHEUS_REMOTE_WRITE_URL']],
  ['PROMETHEUS_REMOTE_WRITE_PASSWORD', ['PROMETHEUS_REMOTE_WRITE_USERNAME']],
  ['PROMETHEUS_REMOTE_WRITE_TOKEN', ['PROMETHEUS_REMOTE_WRITE_URL']],
]

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings. An empty variable counts as unset. Throws a `ConfigError` that names every violation. */
export function loadMonitoringSettings(environment: Environment): MonitoringSettings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const violations = [...misspelt(given), ...missing(given), ...contradictions(given)]
  try {
    const ours = Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name)))
    const settings = loadConfig(schema, { environment: ours, prefix: '' })
    if (violations.length === 0) return settings
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    violations.unshift(...error.violations)
  }
  throw new ConfigError('The configuration', violations)
}

function misspelt(environment: Environment): Violation[] {
  return Object.keys(environment).flatMap((name) => {
    if (known.has(name)) return []
    const nearest = [...known].find((one) => distance(one, name) <= MISTYPED)
    if (nearest === undefined && !FAMILIES.test(name)) return []
    const hint = nearest ?? [...known].filter((one) => one.split('_')[0] === name.split('_')[0]).join(', ')
    return [{ path: name, expected: `a variable that is known (${hint})`, found: '***' }]
  })
}

const isSet = (environment: Environment, name: string) =>
  environment[name] !== undefined || environment[`${name}_FILE`] !== undefined

function missing(environment: Environment): Violation[] {
  return needs.flatMap(([set, needed]) => {
    if (!isSet(environment, set)) return []
    const absent = needed.filter((name) => !isSet(environment, name))
    return absent.map((name) => ({ path: name, expected: `to be set with ${set}`, found: 'nothing' }))
  })
}

function contradictions(environment: Environment): Violation[] {
  const [token, username] = ['PROMETHEUS_REMOTE_WRITE_TOKEN', 'PROMETHEUS_REMOTE_WRITE_USERNAME']
  const both = isSet(environment, token) && isSet(environment, username)
  return both ? [{ path: token, expected: `either this or ${username}`, found: 'both' }] : []
}

/** The number of letters to change, add or remove to turn `a` into `b` (Levenshtein 1965). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MISTYPED) return MISTYPED + 1
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

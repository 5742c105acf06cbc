import { ConfigError } from '@triplane/config'
import { z } from 'zod'
import { schemaViolations } from '../own-rules/schema-violations.ts'
import { parseYaml, yamlText } from '../own-rules/yaml-text.ts'
import { durationMs } from './duration.ts'
import type { MonitoringSettings } from './settings.ts'

const MAX_TIMEOUT_MS = 10_000

const job = z.looseObject({ job_name: z.string() })
/** The parts of the file that settings change. The rest is copied; Prometheus checks it. */
const prometheusFile = z.looseObject({
  global: z.looseObject({ external_labels: z.record(z.string(), z.string()).optional() }).prefault({}),
  scrape_configs: z.array(job),
  remote_write: z.array(z.looseObject({})).optional(),
})

export interface PrometheusConfig {
  readonly content: string
  /** The files needed in `secrets/` beside the configuration: name and content. */
  readonly secrets: ReadonlyMap<string, string>
}

const BOOK_JOB = 'data-plane-book'
const TARGETS = 'targets/compose.yml'

/** Prometheus' configuration: `file` plus the settings. Throws a `ConfigError` that names `file`. */
export function prometheusConfig(file: string, content: string, settings: MonitoringSettings): PrometheusConfig {
  const { prometheus, book, triplane } = settings
  const value = parseYaml(file, content)
  const parsed = prometheusFile.safeParse(value)
  if (!parsed.success) throw new ConfigError(file, schemaViolations(parsed.error, value))
  const base = parsed.data
  const labels = new Map(prometheus.externalLabels.map((pair) => pair.split('=') as [string, string]))
  const { entry, secrets } = remoteWrite(prometheus)
  const made = {
    ...base,
    global: { ...base.global, external_labels: { ...base.global.external_labels, ...Object.fromEntries(labels) } },
    scrape_configs: base.scrape_configs.map((one) => (one.job_name === BOOK_JOB ? atInterval(one, book) : one)),
    remote_write: [...(base.remote_write ?? []), ...entry],
  }
  return { content: yamlText(made).replaceAll(TARGETS, `targets/${triplane.targets}.yml`), secrets }
}

/** A scrape may last as long as the interval, and 10 s at most. */
function atInterval(one: object, { scrapeInterval }: MonitoringSettings['book']): object {
  const isLong = (durationMs(scrapeInterval) ?? 0) > MAX_TIMEOUT_MS
  return { ...one, scrape_interval: scrapeInterval, scrape_timeout: isLong ? `${MAX_TIMEOUT_MS}ms` : scrapeInterval }
}

/** Prometheus reads secrets from files beside its configuration. */
function remoteWrite(settings: MonitoringSettings['prometheus']) {
  const { remoteWriteUrl: url, remoteWriteUsername, remoteWritePassword, remoteWriteToken } = settings
  if (url === undefined) return { entry: [], secrets: new Map<string, string>() }
  const [passwordFile, tokenFile] = ['remote-write-password', 'remote-write-token']
  const secrets = new Map<string, string>()
  if (remoteWritePassword !== undefined) secrets.set(passwordFile, remoteWritePassword)
  if (remoteWriteToken !== undefined) secrets.set(tokenFile, remoteWriteToken)
  const entry = {
    url,
    ...(remoteWriteUsername !== undefined && {
      basic_auth: { username: remoteWriteUsername, password_file: `secrets/${passwordFile}` },
    }),
    ...(remoteWriteToken !== undefined && { authorization: { credentials_file: `secrets/${tokenFile}` } }),
  }
  return { entry: [entry], secrets }
}

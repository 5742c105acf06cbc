import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateRuleFiles, loadMonitoringSettings, renderMonitoring } from '@triplane/monitoring'
import { freePort, startAlertmanager, startPrometheus, type MonitoringServer } from '@triplane/testing/containers'
import { parse, stringify } from 'yaml'
import { filesOf } from '../libs/monitoring/test/monitoring-servers.ts'
import { root } from './plane-process.ts'

export interface MonitoringOptions {
  /** The addresses of the planes: http://127.0.0.1:8000 */
  readonly urls: { readonly data: string; readonly order: string; readonly strategy: string }
  /** Settings of the channels, as in `.env`. */
  readonly environment: Readonly<Record<string, string>>
  /** Divides the waits and windows of the rules. */
  readonly divisor: number
}

type Sample = readonly [timeSeconds: number, value: string]

/** A series of an answer, with its samples. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly Sample[]
}

/** As in the API: `value` of an instant query, `values` of a range. */
interface Found {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: Sample
  readonly values?: readonly Sample[]
}

/** Servers of the compose stack that these tests lack. */
const ELSEWHERE = ['pushgateway', 'node']

/**
 * Prometheus and Alertmanager with the output of `triplane monitoring render`, except for addresses, and for shorter waits and
 * windows.
 */
export class Monitoring {
  readonly prometheus: MonitoringServer
  readonly alertmanager: MonitoringServer

  private constructor(prometheus: MonitoringServer, alertmanager: MonitoringServer) {
    this.prometheus = prometheus
    this.alertmanager = alertmanager
  }

  static async start(options: MonitoringOptions): Promise<Monitoring> {
    const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()]
    const folder = mkdtempSync(join(tmpdir(), 'triplane-monitoring-'))
    try {
      writeSources(folder, options, prometheusPort, alertmanagerPort)
      const { files } = renderMonitoring({
        from: folder,
        settings: loadMonitoringSettings(options.environment),
        alertmanagerFolder: '/etc/alertmanager',
      })
      const [prometheus, alertmanager] = await Promise.all([
        startPrometheus(filesOf('prometheus', files), prometheusPort),
        startAlertmanager(filesOf('alertmanager', files), alertmanagerPort),
      ])
      return new Monitoring(prometheus, alertmanager)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  /** Names and severities of the alerts that reach people: they fire and are not muted. `DataPlaneDown critical`. */
  async heard(): Promise<string[]> {
    const url = `${this.alertmanager.url}/api/v2/alerts?active=true&inhibited=false&silenced=false`
    const alerts = (await (await fetch(url)).json()) as readonly { readonly labels: Readonly<Record<string, string>> }[]
    const told = alerts.filter(({ labels }) => !/^(info|none)$/.test(labels['severity'] ?? ''))
    return [...new Set(told.map(({ labels }) => `${labels['alertname']} ${labels['severity']}`))].sort()
  }

  /** The result of a query at a time, in milliseconds; default: now. */
  async query(query: string, timeMs = Date.now()): Promise<readonly Series[]> {
    const found = await this.#ask('query', { query, time: String(timeMs / 1000) })
    return found.map(({ metric, value }) => ({ metric, values: value === undefined ? [] : [value] }))
  }

  /** The result of a query over a time range. */
  async queryRange(query: string, fromMs: number, toMs: number, stepSeconds: number): Promise<readonly Series[]> {
    const [start, end] = [String(fromMs / 1000), String(toMs / 1000)]
    const found = await this.#ask('query_range', { query, start, end, step: String(stepSeconds) })
    return found.map(({ metric, values = [] }) => ({ metric, values }))
  }

  async #ask(path: string, parameters: Readonly<Record<string, string>>): Promise<readonly Found[]> {
    const body = new URLSearchParams(parameters)
    const response = await fetch(`${this.prometheus.url}/api/v1/${path}`, { method: 'POST', body })
    const { data, error } = (await response.json()) as {
      readonly data?: { readonly result: readonly Found[] }
      error?: string
    }
    if (data === undefined) throw new Error(`Expected Prometheus to answer ${parameters['query']}, was ${error}`)
    return data.result
  }

  async remove(): Promise<void> {
    await Promise.all([this.prometheus.remove(), this.alertmanager.remove()])
  }
}

/** The repository's `infrastructure` folder with the addresses of a test, and with rules that wait for seconds, not minutes. */
function writeSources(
  folder: string,
  { urls, divisor }: MonitoringOptions,
  prometheusPort: number,
  alertmanagerPort: number,
): void {
  const from = join(root, 'infrastructure')
  for (const part of ['alertmanager', 'runbooks']) cpSync(join(from, part), join(folder, part), { recursive: true })
  for (const part of ['rules', 'targets']) mkdirSync(join(folder, 'prometheus', part), { recursive: true })
  const addresses = {
    'alertmanager:9093': `127.0.0.1:${alertmanagerPort}`,
    'localhost:9090': `127.0.0.1:${prometheusPort}`,
  }
  let text = readFileSync(join(from, 'prometheus/prometheus.yml'), 'utf8')
  for (const [name, address] of Object.entries(addresses)) text = text.replaceAll(name, address)
  const config = parse(text) as { global: Record<string, string>; scrape_configs: { job_name: string }[] }
  // Rules that wait for seconds are useless with scrapes every fifteen: a target is "missing" until its first.
  Object.assign(config.global, { scrape_interval: '1s', scrape_timeout: '1s' })
  config.scrape_configs = config.scrape_configs.filter(({ job_name }) => !ELSEWHERE.includes(job_name))
  writeFileSync(join(folder, 'prometheus/prometheus.yml'), stringify(config))
  const targets = Object.entries(urls).map(([plane, url]) => ({
    targets: [new URL(url).host],
    labels: { __plane: plane },
  }))
  writeFileSync(join(folder, 'prometheus/targets/compose.yml'), stringify(targets))
  // A test may end before the first evaluation of a rule with an interval of five minutes.
  for (const { name, content } of generateRuleFiles({ scale: divisor, expectedJobs: ['prometheus', 'alertmanager'] }))
    writeFileSync(
      join(folder, 'prometheus/rules', name),
      content.replaceAll(/interval: (30s|\d+m)$/gm, 'interval: 15s'),
    )
}

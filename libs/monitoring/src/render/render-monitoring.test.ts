import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { renderMonitoring } from './render-monitoring.ts'
import { loadMonitoringSettings } from './settings.ts'

const repository = join(__dirname, '../../../../infrastructure')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'triplane-infrastructure-'))
  cpSync(join(repository, 'prometheus/prometheus.yml'), join(folder, 'prometheus/prometheus.yml'))
  cpSync(join(repository, 'prometheus/targets'), join(folder, 'prometheus/targets'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

function render(environment: Readonly<Record<string, string>> = {}) {
  const settings = loadMonitoringSettings(environment)
  const rendered = renderMonitoring({ from: folder, settings, alertmanagerFolder: '/etc/alertmanager' })
  const text = (path: string) => rendered.files.find((file) => file.path === path)?.content ?? ''
  return { ...rendered, text, prometheus: parse(text('prometheus/prometheus.yml')) as PrometheusFile }
}

interface PrometheusFile {
  readonly global: Record<string, unknown>
  readonly scrape_configs: readonly Record<string, unknown>[]
  readonly remote_write: readonly unknown[]
}

describe('the rendered files', () => {
  it('are the same each time', () => expect(render().files).toEqual(render().files))

  it("have the addresses of Grafana and Prometheus in the links of our rules, not in a user's rules", () => {
    const rules = (link: string) =>
      `groups: [{ name: a, rules: [{ alert: A, expr: up, annotations: { link: '${link}' } }] }]`
    put('prometheus/rules/a.yml', rules('http://localhost:3000/d/x http://localhost:9090/consoles/runbooks/A.html'))
    put('prometheus/rules.d/b.yml', rules('http://localhost:3000/d/mine'))
    const { text } = render({ GRAFANA_URL: 'https://g.example/grafana', PROMETHEUS_URL: 'https://p.example' })
    expect(text('prometheus/rules/a.yml')).toContain(
      "'https://g.example/grafana/d/x https://p.example/consoles/runbooks/A.html'",
    )
    expect(text('prometheus/rules.d/b.yml')).toContain("'http://localhost:3000/d/mine'")
  })

  it('take rules from YAML files only, and pages from runbooks', () => {
    put('prometheus/rules.d/README.md', 'not rules')
    put('prometheus/rules.d/mine.yaml', 'groups: []')
    put('runbooks/FeedDown.md', '# FeedDown')
    put('alertmanager/templates/a.tmpl', '{{ define "a" }}{{ end }}')
    expect(render().files.map(({ path }) => path)).toEqual([
      'prometheus/prometheus.yml',
      'prometheus/rules.d/mine.yaml',
      'prometheus/targets/compose.yml',
      'prometheus/targets/host.yml',
      'prometheus/consoles/runbooks/FeedDown.html',
      'alertmanager/alertmanager.yml',
      'alertmanager/templates/a.tmpl',
    ])
  })

  it("check a user's rules against our alerts and recorded series", () => {
    put(
      'prometheus/rules/a.yml',
      'groups: [{ name: a, rules: [{ record: "job:up:sum", expr: sum by (job) (up) }, { alert: A, expr: up }] }]',
    )
    put('prometheus/alert_rules.yaml', '- { name: B, condition: "job:up:sum < 1", level: error, message: x }')
    expect(render().notices.filter((notice) => notice.includes('alert_rules'))).toEqual([])
    expect(render().text('prometheus/own/alert_rules.yml')).toContain('alert: B')
    put(
      'prometheus/alert_rules.yaml',
      '- { name: A, condition: "job:up:sum{symbol=\'X\'} < 1", level: error, message: x }',
    )
    expect(render).toThrow(
      /a name that no built-in alert has, found "A"\n.*expected a label of job:up:sum \(job\), found symbol/,
    )
  })

  it('are missing when rules are wrong: every mistake is reported, with its file', () => {
    put('prometheus/rules.d/a.yml', 'groups: [{ name: a, rules: [{ alert: A, expr: "up ==" }] }]')
    put('prometheus/rules.d/b.yml', 'groups: [')
    put('prometheus/alert_rules.yaml', '- { name: B }')
    const lines = (() => {
      try {
        return render().files.map(({ path }) => path)
      } catch (error) {
        return (error as Error).message.replaceAll(folder, '').split('\n')
      }
    })()
    expect(lines).toEqual([
      'A rule is not valid:',
      '  /prometheus/rules.d/a.yml, groups[0].rules[0].expr: expected PromQL, found the end at character 6',
      expect.stringMatching(/^ {2}\/prometheus\/rules.d\/b.yml, line 1, column 10: expected YAML, found /),
      '  /prometheus/alert_rules.yaml, alert 1 (B).condition: expected string, found nothing',
      '  /prometheus/alert_rules.yaml, alert 1 (B).level: expected one of critical, error, warning, info, found nothing',
      '  /prometheus/alert_rules.yaml, alert 1 (B).message: expected string, found nothing',
    ])
  })

  it('report that our rules have another version', () => {
    put('prometheus/rules/a.yml', 'groups: [{ name: a, rules: [{ record: "a:b:c", expr: triplane_of_tomorrow }] }]')
    put('prometheus/alert_rules.yaml', '[]')
    expect(render).toThrow(/rules of the version of this program.*--build.*, found .*triplane_of_tomorrow/s)
  })

  it("need Prometheus' own file", () => {
    rmSync(join(folder, 'prometheus/prometheus.yml'))
    expect(render).toThrow(/prometheus.yml is not valid:\n {2}\(file\): expected a file, found nothing/)
  })
})

describe("Prometheus' own file", () => {
  it('scrapes the planes each second, the book levels at a configurable interval', () => {
    const intervals = ({ prometheus }: ReturnType<typeof render>) =>
      Object.fromEntries(
        prometheus.scrape_configs.map((job) => [job['job_name'], [job['scrape_interval'], job['scrape_timeout']]]),
      )
    expect(intervals(render())).toMatchObject({
      'data-plane': ['1s', '1s'],
      'data-plane-book': ['1s', '1s'],
      'order-plane': ['1s', '1s'],
      'strategy-plane': ['1s', '1s'],
      node: [undefined, undefined],
    })
    expect(intervals(render({ BOOK_SCRAPE_INTERVAL: '5s' }))['data-plane-book']).toEqual(['5s', '5s'])
    expect(intervals(render({ BOOK_SCRAPE_INTERVAL: '1m' }))).toMatchObject({
      'data-plane': ['1s', '1s'],
      'data-plane-book': ['1m', '10000ms'],
    })
  })

  it('has one of the two files of targets', () => {
    const { text } = render({ TRIPLANE_TARGETS: 'host' })
    expect(text('prometheus/prometheus.yml').match(/targets\/\w+\.yml/g)).toEqual(Array(4).fill('targets/host.yml'))
    expect(
      render()
        .text('prometheus/prometheus.yml')
        .match(/targets\/\w+\.yml/g),
    ).toEqual(Array(4).fill('targets/compose.yml'))
  })

  it('also writes samples to a remote, with secrets in files', () => {
    expect(render().prometheus.remote_write).toEqual([])
    const url = 'https://metrics.example/api/v1/write'
    const basic = render({
      PROMETHEUS_REMOTE_WRITE_URL: url,
      PROMETHEUS_REMOTE_WRITE_USERNAME: 'ann',
      PROMETHEUS_REMOTE_WRITE_PASSWORD: 'pw',
    })
    expect(basic.prometheus.remote_write).toEqual([
      { url, basic_auth: { username: 'ann', password_file: 'secrets/remote-write-password' } },
    ])
    expect(basic.files).toContainEqual({
      path: 'prometheus/secrets/remote-write-password',
      content: 'pw',
      isSecret: true,
    })
    const bearer = render({
      PROMETHEUS_REMOTE_WRITE_URL: url,
      PROMETHEUS_REMOTE_WRITE_TOKEN: 't',
      PROMETHEUS_EXTERNAL_LABELS: 'site=seoul,stage=live',
    })
    expect(bearer.prometheus.remote_write).toEqual([
      { url, authorization: { credentials_file: 'secrets/remote-write-token' } },
    ])
    expect(bearer.prometheus.global['external_labels']).toEqual({ site: 'seoul', stage: 'live' })
    expect(bearer.text('prometheus/prometheus.yml')).not.toContain('"t"')
  })

  it("keeps a user's additions", () => {
    put(
      'prometheus/prometheus.yml',
      'scrape_configs: [{ job_name: mine, static_configs: [] }]\nremote_write: [{ url: http://a/ }]\nstorage: { exemplars: { max_exemplars: 1 } }',
    )
    expect(render({ PROMETHEUS_REMOTE_WRITE_URL: 'http://b/' }).prometheus).toEqual({
      global: { external_labels: {} },
      scrape_configs: [{ job_name: 'mine', static_configs: [] }],
      remote_write: [{ url: 'http://a/' }, { url: 'http://b/' }],
      storage: { exemplars: { max_exemplars: 1 } },
    })
  })
})

import { parse } from 'yaml'
import { ruleGroups } from './alert.ts'
import { alertRules } from './alert-rules.ts'
import { recordingRules } from './recordings.ts'
import { generateRuleFiles, type RuleFilesOptions } from './rule-files.ts'

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
interface Group {
  readonly name: string
  readonly interval: string
  readonly rules: readonly Rule[]
}

const groupsOf = (options?: RuleFilesOptions) =>
  generateRuleFiles(options).flatMap(({ content }) => (parse(content) as { groups: Group[] }).groups)
const ruleOf = (groups: readonly Group[], alert: string) =>
  groups.flatMap(({ rules }) => rules).find((rule) => rule.alert === alert) as Rule
const groupOf = (groups: readonly Group[], alert: string) =>
  groups.find(({ rules }) => rules.some((rule) => rule.alert === alert)) as Group

describe('the files of rules', () => {
  const groups = groupsOf()

  it('are one for each plane and one for the SLOs, and hold every rule once', () => {
    expect(generateRuleFiles().map(({ name }) => name)).toEqual(ruleGroups.map((group) => `${group}.yml`))
    const rules = groups.flatMap(({ rules }) => rules)
    expect(rules.map(({ alert, record }) => alert ?? record).sort()).toEqual(
      [...alertRules().map(({ name }) => name), ...recordingRules().map(({ record }) => record)].sort(),
    )
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length)
  })

  it('record in a group before they alert', () => {
    for (const { rules } of groups) {
      const kinds = rules.map(({ record }) => (record === undefined ? 'alert' : 'record'))
      expect(kinds).toEqual([...kinds].sort().reverse())
    }
  })

  it('evaluate urgent alerts every second', () => {
    for (const alert of ['KillSwitchTriggered', 'TradingHalted', 'PlaneUnreachable']) {
      expect(groupOf(groups, alert).interval).toBe('1s')
    }
  })

  it('link to the runbook and to the panel', () => {
    const { annotations } = ruleOf(groups, 'KillSwitchTriggered')
    expect(annotations['runbook_url']).toBe('http://localhost:9090/consoles/runbooks/KillSwitchTriggered.html')
    expect(annotations['dashboard_url']).toMatch(/^http:\/\/localhost:3000\/d\/triplane-strategy\?viewPanel=panel-\d+$/)
  })

  it('link to other addresses on request', () => {
    const options = { grafanaUrl: 'https://grafana.example', prometheusUrl: 'https://prometheus.example' }
    const { annotations } = ruleOf(groupsOf(options), 'OrderPlaneDown')
    expect(annotations['runbook_url']).toBe('https://prometheus.example/consoles/runbooks/OrderPlaneDown.html')
    expect(annotations['dashboard_url']).toMatch(/^https:\/\/grafana\.example\/d\/triplane-system\?/)
  })

  it('shorten waits, windows and intervals when scaled', () => {
    const scaled = groupsOf({ scale: 60 })
    expect(ruleOf(scaled, 'OrderPlaneDown').for).toBe('2s')
    expect(ruleOf(scaled, 'HighTradeLatency').expr).toContain('[5s]')
    expect(new Set(scaled.map(({ interval }) => interval))).toEqual(new Set(['1s', '5s']))
    expect(ruleOf(scaled, 'KillSwitchTriggered')).toEqual(ruleOf(groups, 'KillSwitchTriggered'))
  })

  it('expect only the given jobs', () => {
    expect(ruleOf(groupsOf({ expectedJobs: ['node'] }), 'PrometheusTargetMissing').expr).toBe('absent(up{job="node"})')
    expect(ruleOf(groupsOf({ expectedJobs: [] }), 'PrometheusTargetMissing')).toBeUndefined()
  })
})

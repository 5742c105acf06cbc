import { stringify } from 'yaml'
import { dashboardUids, panelUrl, type AlertRule } from '../src/alert.ts'
import { runbookUrl } from '../src/rule-files.ts'
import type { Fires, RuleCase } from './rule-cases/rule-case.ts'

/** A file for `promtool test rules`. */
export interface PromtoolFile {
  readonly name: string
  readonly content: string
}

const DEFAULT_EVERY = '15s'

/** The rule that should fire. Throws when there is none, or more than one. */
export function ruleOf(rules: readonly AlertRule[], alert: string, { severity, plane, level }: Fires): AlertRule {
  const found = rules.filter(
    (rule) =>
      rule.name === alert && rule.severity === severity && rule.plane === plane && rule.labels?.['level'] === level,
  )
  const [rule] = found
  if (!rule || found.length > 1) {
    throw new Error(
      `Expected one rule of ${[alert, severity, plane, level ?? ''].join(' ').trim()}, was ${found.length}`,
    )
  }
  return rule
}

/**
 * Makes promtool's files of the cases: one per rule file and interval, because each has a single interval. The cases of a rule
 * file, which lies in `folder`, are evaluated with its rules alone.
 */
export function promtoolFiles(cases: readonly RuleCase[], rules: readonly AlertRule[], folder: string): PromtoolFile[] {
  const byFile = new Map<string, RuleCase[]>()
  for (const one of cases) {
    const key = `${one.file}-${one.every ?? DEFAULT_EVERY}`
    byFile.set(key, [...(byFile.get(key) ?? []), one])
  }
  return [...byFile].map(([name, ofFile]) => {
    const { file, every = DEFAULT_EVERY } = ofFile[0] as RuleCase
    const tests = ofFile.map((one) => promtoolTest(one, rules, every))
    const content = stringify({ rule_files: [`${folder}/${file}.yml`], evaluation_interval: every, tests })
    return { name: `${name}.test.yml`, content }
  })
}

function instrument({ labels = {} }: Fires): string {
  const shown = ['exchange', 'symbol'].filter((label) => labels[label] !== undefined)
  return shown.map((label) => `&var-${label}=${encodeURIComponent(labels[label] as string)}`).join('')
}

function promtoolTest({ title, alert, series, at, fires = [] }: RuleCase, rules: readonly AlertRule[], every: string) {
  return {
    name: `${alert}: ${title}`,
    interval: every,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert,
        exp_alerts: fires.map((fire) => {
          const { severity, plane, labels, summary, picture } = ruleOf(rules, alert, fire)
          return {
            exp_labels: { severity, plane, ...labels, ...fire.labels },
            exp_annotations: {
              summary,
              description: fire.description,
              runbook_url: runbookUrl(alert),
              dashboard_url: panelUrl(picture) + (picture.dashboard === dashboardUids.market ? instrument(fire) : ''),
            },
          }
        }),
      },
    ],
  }
}

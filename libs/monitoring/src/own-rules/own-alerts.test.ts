import { knownMetrics } from '../promql/known-metrics.ts'
import { compileOwnAlerts } from './own-alerts.ts'

const builtIn = { alerts: new Set(['FeedDown']), metrics: knownMetrics() }
const compile = (content: string) => compileOwnAlerts('alert_rules.yaml', content, builtIn)

function message(content: string): string {
  try {
    compile(content)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

const valid = `
- name: BitcoinBelow50000
  condition: crypto_price{symbol="BTC/USDT", type="last"} < 50000
  level: warning
  message: '{{ $labels.symbol }} trades at {{ $value }}.'
  for: 1m
  plane: data
  labels: { team: trading }
  runbook: https://wiki.example/btc
- name: Quiet
  condition: sum(rate(crypto_trades_total[5m])) == 0
  level: info
  message: Nothing is traded.
`

describe("a user's own alerts", () => {
  it('become a group of Prometheus rules', () => {
    expect(compile(valid)).toMatchInlineSnapshot(`
      {
        "content": "groups:
        - name: own_alerts
          rules:
            - alert: BitcoinBelow50000
              expr: crypto_price{symbol="BTC/USDT", type="last"} < 50000
              for: 1m
              labels:
                team: trading
                severity: warning
                plane: data
              annotations:
                summary: "{{ $labels.symbol }} trades at {{ $value }}."
                description: "{{ $labels.symbol }} trades at {{ $value }}."
                runbook_url: https://wiki.example/btc
            - alert: Quiet
              expr: sum(rate(crypto_trades_total[5m])) == 0
              labels:
                severity: info
                plane: platform
              annotations:
                summary: Nothing is traded.
                description: Nothing is traded.
      ",
        "notices": [],
      }
    `)
  })

  it.each([
    ['nothing', ''],
    ['comments', '# none yet\n'],
    ['an empty list', '[]'],
  ])('may be %s', (_, content) => expect(compile(content)).toEqual({ content: 'groups: []\n', notices: [] }))

  it('name file, entry, what was expected and what was found, all at once', () => {
    const wrong = `
- name: My Alert
  condition: up == 0
  level: urgent
  message: x
  fro: 1m
- name: FeedDown
  condition: rate(crypto_trades_total) > 0
  level: error
  message: 7
- condition: up ==
  level: error
  message: x
  for: a while
  plane: moon
  labels: { severity: critical }
  runbook: wiki
- Just text
`
    expect(message(wrong)).toBe(
      [
        'alert_rules.yaml is not valid:',
        '  alert 1 (My Alert).name: expected letters, digits and _, such as SpyBelow500, found "My Alert"',
        '  alert 1 (My Alert).level: expected one of critical, error, warning, info, found "urgent"',
        '  alert 1 (My Alert).fro: expected a field that is known, found this one',
        '  alert 2 (FeedDown).message: expected string, found 7',
        '  alert 3.name: expected string, found nothing',
        '  alert 3.for: expected a duration such as 5m, found "a while"',
        '  alert 3.plane: expected one of data, strategy, order, jobs, platform, found "moon"',
        '  alert 3.runbook: expected an address, http or https, found "wiki"',
        '  alert 4: expected object, found "Just text"',
      ].join('\n'),
    )
  })

  it.each([
    [
      'the name of a built-in alert',
      '- { name: FeedDown, condition: up == 0, level: error, message: x }',
      'alert 1 (FeedDown).name: expected a name that no built-in alert has, found "FeedDown"',
    ],
    [
      'a name twice',
      '- { name: A, condition: up == 0, level: error, message: x }\n- { name: A, condition: up == 0, level: error, message: x }',
      'alert 2 (A).name: expected each alert of a level once, found "A" again',
    ],
    [
      'a condition that is no PromQL',
      '- { name: A, condition: "up ==", level: error, message: x }',
      'alert 1 (A).condition: expected PromQL, found the end at character 6',
    ],
    [
      'a rate of no range',
      '- { name: A, condition: rate(crypto_trades_total) > 0, level: error, message: x }',
      'alert 1 (A).condition: expected PromQL, found `crypto_trades_total` at character 6, a vector where a range in rate() should be',
    ],
    [
      'a label that our metric has not',
      `- { name: A, condition: 'crypto_price{sym="X"} > 0', level: error, message: x }`,
      'alert 1 (A).condition: expected a label of crypto_price (exchange, symbol, type, service, job, instance), found sym, at character 1',
    ],
    [
      'a label that follows from a field',
      '- { name: A, condition: up == 0, level: error, message: x, labels: { severity: info } }',
      'alert 1 (A).labels.severity: expected another label: this one follows from name, level and plane, found "info"',
    ],
    ['no list', 'name: A', '(file): expected a list of alerts, found a mapping'],
    [
      'no YAML',
      '- { name: A',
      'line 1, column 12: expected YAML, found Flow map in block collection must be sufficiently indented',
    ],
  ])('refuse %s', (_, content, expected) => expect(message(content)).toContain(expected))

  it('may watch a foreign metric, which is reported', () => {
    const { content, notices } = compile(
      '- { name: A, condition: sum by (x) (my_metric) > 0, level: error, message: x }',
    )
    expect(content).toContain('expr: sum by (x) (my_metric) > 0')
    expect(notices[0]).toMatch(/^alert_rules.yaml: alert 1 \(A\).condition: Expected a known metric, was my_metric, at/)
  })
})

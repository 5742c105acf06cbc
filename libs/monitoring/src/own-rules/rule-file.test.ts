import { parseRuleFile } from './rule-file.ts'

function message(content: string): string {
  try {
    parseRuleFile('rules.d/mine.yml', content)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

const oneRule = (rule: string) => `groups: [{ name: a, rules: [${rule}] }]`

describe('a file of Prometheus rules', () => {
  it('returns its rules', () => {
    const content = `
groups:
  - name: mine
    interval: 30s
    limit: 10
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { a: 1 }
      - { alert: A, expr: job:up:sum < 1, for: 0s, keep_firing_for: 5m, annotations: { summary: x } }
  - name: empty
`
    expect(parseRuleFile('rules.d/mine.yml', content)).toMatchObject([{ record: 'job:up:sum' }, { alert: 'A' }])
  })

  it.each(['', '# nothing', 'groups: []', 'groups:'])('may be empty: %j', (content) => {
    expect(parseRuleFile('rules.d/mine.yml', content)).toEqual([])
  })

  it.each([
    ['no YAML', 'groups: [', 'line 1, column 10: expected YAML, found '],
    ['a list', '[]', '(file): expected object, found a list'],
    ['another field', 'groups: []\nrules: []', 'rules: expected a field that is known, found this one'],
    ['a group without a name', 'groups: [{ rules: [] }]', 'groups[0].name: expected string, found nothing'],
    [
      'a group named twice',
      'groups: [{ name: a }, { name: a }]',
      'groups[1].name: expected each group once, found a again',
    ],
    [
      'neither alert nor record',
      oneRule('{ expr: up }'),
      'groups[0].rules[0]: expected either alert or record, found neither',
    ],
    [
      'both',
      oneRule('{ alert: a, record: b, expr: up }'),
      'groups[0].rules[0]: expected either alert or record, found both',
    ],
    [
      'a record that waits',
      oneRule('{ record: b, expr: up, for: 5m }'),
      'groups[0].rules[0].for: expected none with record, found this one',
    ],
    [
      'a duration in words',
      oneRule('{ alert: a, expr: up, for: long }'),
      'groups[0].rules[0].for: expected a duration such as 5m, found "long"',
    ],
    ['no expression', oneRule('{ alert: a }'), 'groups[0].rules[0].expr: expected PromQL, found nothing'],
    [
      'no PromQL',
      oneRule("{ alert: a, expr: 'sum(' }"),
      'groups[0].rules[0].expr: expected PromQL, found the end at character 5',
    ],
    [
      'a range',
      oneRule("{ record: a, expr: 'up[5m]' }"),
      'groups[0].rules[0].expr: expected PromQL, found a range, not a vector',
    ],
    [
      'a misspelt field',
      oneRule('{ alert: a, expr: up, sevirity: x }'),
      'groups[0].rules[0].sevirity: expected a field that is known',
    ],
  ])('is refused: %s', (_, content, expected) => {
    expect(message(content)).toMatch(/^rules.d\/mine.yml is not valid:\n/)
    expect(message(content)).toContain(`\n  ${expected}`)
  })
})

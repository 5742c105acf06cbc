import { ConfigError, type Violation } from '@triplane/config'
import { z } from 'zod'
import { DURATION } from '../render/duration.ts'
import { ruleExpressionType } from './expression-type.ts'
import { schemaViolations } from './schema-violations.ts'
import { parseYaml } from './yaml-text.ts'

const duration = z
  .union([z.string(), z.literal(0)])
  .refine((text) => DURATION.test(String(text)) || text === 0, 'Expected a duration such as 5m')
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'Expected a text'))

const rule = z.strictObject({
  record: z
    .string()
    .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'Expected the name of a series')
    .optional(),
  alert: z.string().min(1).optional(),
  expr: z.union([z.string().min(1), z.number()], 'Expected PromQL'),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels: texts.nullish(),
  annotations: texts.nullish(),
})
/** A Prometheus rule: it records a series, or raises an alert. */
export type FileRule = z.output<typeof rule>

const ruleFile = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        interval: duration.optional(),
        query_offset: duration.optional(),
        limit: z.int().min(0).optional(),
        labels: texts.nullish(),
        rules: z.array(rule).nullish(),
      }),
    )
    .nullish(),
})

/**
 * The rules of a Prometheus rule file, checked before Prometheus reads it, which would not start with a wrong one. Throws a
 * `ConfigError` that names `file` and each mistake: YAML, fields, durations, expressions, a rule that neither alerts nor
 * records, a duplicate group. Leaves templates in annotations to Prometheus.
 */
export function parseRuleFile(file: string, content: string): readonly FileRule[] {
  const value = parseYaml(file, content) ?? {}
  const parsed = ruleFile.safeParse(value)
  if (!parsed.success) throw new ConfigError(file, schemaViolations(parsed.error, value))
  const groups = parsed.data.groups ?? []
  const violations = groups.flatMap(({ name, rules }, i): Violation[] => [
    ...(groups.findIndex((one) => one.name === name) < i
      ? [{ path: `groups[${i}].name`, expected: 'each group once', found: `${name} again` }]
      : []),
    ...(rules ?? []).flatMap((one, j) => ruleViolations(one, `groups[${i}].rules[${j}]`)),
  ])
  if (violations.length > 0) throw new ConfigError(file, violations)
  return groups.flatMap(({ rules }) => rules ?? [])
}

function ruleViolations({ record, alert, expr, ...rest }: FileRule, path: string): Violation[] {
  const violations: Violation[] = []
  if ((record === undefined) === (alert === undefined))
    violations.push({ path, expected: 'either alert or record', found: record === undefined ? 'neither' : 'both' })
  else if (record !== undefined) {
    const alertOnly = (['for', 'keep_firing_for', 'annotations'] as const).filter(
      (field) => (rest[field] ?? undefined) !== undefined,
    )
    violations.push(
      ...alertOnly.map((field) => ({ path: `${path}.${field}`, expected: 'none with record', found: 'this one' })),
    )
  }
  const type = ruleExpressionType(String(expr))
  if (!type.ok) violations.push({ path: `${path}.expr`, expected: 'PromQL', found: type.error })
  return violations
}

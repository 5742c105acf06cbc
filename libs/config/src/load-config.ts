import { readFileSync } from 'node:fs'
import { types } from 'node:util'
import { z } from 'zod'
import { ConfigError, type Violation } from './config-error.ts'
import { readText, variablesOf, type Leaf, type ValueSchema } from './environment.ts'
import { foundAt, isPlainObject, kindOf } from './found.ts'
import { readJsonFile } from './json-file.ts'
import { MASK } from './mask-secrets.ts'
import { isSecret, secretVariablesOf } from './secrets.ts'
import { violationsOf } from './zod-violations.ts'

/** Sources of configuration; a later one overrides an earlier one, value by value. */
export interface ConfigSources {
  /** A JSON file with the shape of the schema. */
  readonly file?: string | undefined
  /** Variables of the environment, `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Prefix of our variables. A variable with the prefix that sets nothing is refused. Default `TRIPLANE_`. */
  readonly prefix?: string
  /** Other variables that set a value: `{ DATABASE_URL: 'storage.url' }`. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Variables with the prefix that are read elsewhere; a trailing `*` matches any ending. */
  readonly readElsewhere?: readonly string[]
  /** Values from flags, in the shape of the schema. */
  readonly flags?: object
}

/** Joins the schemas of parts into one: `{ storage: storageSchema, metrics: metricsSchema }`. A part may be left out. */
export function composeConfig<Parts extends Readonly<Record<string, z.ZodObject>>>(parts: Parts) {
  const shape = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.strict().prefault({})]))
  return z.strictObject(shape as { [Name in keyof Parts]: z.ZodPrefault<Parts[Name]> })
}

/** Names of the variables that set the values of a schema: `TRIPLANE_STORAGE_URL`, ... */
export function variableNames(schema: z.ZodType, prefix = 'TRIPLANE_'): readonly string[] {
  return [...variablesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ValueSchema, prefix).keys()]
}

/** Names of the variables that set the secrets of a schema. */
export function secretVariableNames(schema: z.ZodType, prefix = 'TRIPLANE_'): readonly string[] {
  return secretVariablesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ValueSchema, prefix)
}

/**
 * Reads the configuration once. A secret (`secret`) may also come from a file, as in containers: `<VARIABLE>_FILE` names the
 * file that holds the value; a variable that is set overrides its file. Throws a `ConfigError` that names every violation and
 * shows no secret. Unknown keys are violations.
 */
export function loadConfig<Schema extends z.ZodType>(schema: Schema, sources: ConfigSources): z.output<Schema> {
  const { file, flags = {} } = sources
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ValueSchema
  const environment = readEnvironment(shape, sources)
  const content = file === undefined ? {} : readJsonFile(file)
  if (!isPlainObject(content)) {
    throw new ConfigError(file ?? '', [{ path: '(file)', expected: 'an object', found: kindOf(content) }])
  }
  const input = merge(merge(content, environment.values), flags)
  const parsed = schema.safeParse(input)
  if (parsed.success && environment.unknown.length === 0) return parsed.data
  const violations = parsed.success ? [] : violationsOf(parsed.error, input, shape)
  throw new ConfigError('The configuration', [
    ...violations.map((violation) => withOrigin(violation, environment.origins)),
    ...environment.unknown,
  ])
}

interface FromEnvironment {
  readonly values: object
  /** The variable that set a path. */
  readonly origins: ReadonlyMap<string, string>
  readonly unknown: readonly Violation[]
}

function readEnvironment(
  shape: ValueSchema,
  { environment: given = {}, prefix = 'TRIPLANE_', aliases = {}, readElsewhere = [] }: ConfigSources,
): FromEnvironment {
  const leaves = variablesOf(shape, prefix)
  const leafAt = new Map([...leaves.values()].map((leaf) => [leaf.path.join('.'), leaf]))
  const leafOf = (variable: string): Leaf | undefined => leaves.get(variable) ?? leafAt.get(aliases[variable] ?? '')
  const environment = withSecretFiles(given, (variable) => isSecret(leafOf(variable)?.schema ?? {}))
  const isReadElsewhere = (variable: string) =>
    readElsewhere.some((name) => (name.endsWith('*') ? variable.startsWith(name.slice(0, -1)) : variable === name))
  let values = {}
  const origins = new Map<string, string>()
  const unknown: Violation[] = []
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined) continue
    const leaf = leafOf(variable)
    if (leaf) {
      values = merge(values, nest(leaf.path, readText(text, leaf.schema)))
      origins.set(leaf.path.join('.'), variable)
    } else if (variable.startsWith(prefix) && !isReadElsewhere(variable)) {
      const renamed = variable.replace(/_(US|SECONDS)$/, '_MS')
      const expected =
        renamed !== variable && leaves.has(renamed) ? `${renamed}, milliseconds` : 'a variable that is known'
      unknown.push({ path: variable, expected, found: MASK })
    }
  }
  return { values, origins, unknown }
}

/** The environment, with the contents of secret files as their variables. */
function withSecretFiles(
  environment: Readonly<Record<string, string | undefined>>,
  isSecret: (variable: string) => boolean,
): Readonly<Record<string, string | undefined>> {
  const read: Record<string, string | undefined> = {}
  const named: string[] = []
  for (const [name, file] of Object.entries(environment)) {
    const variable = name.replace(/_FILE$/, '')
    if (variable === name || file === undefined || !isSecret(variable)) continue
    named.push(name)
    if (file !== '' && !environment[variable]) read[variable] = readSecret(name, file)
  }
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !named.includes(name)))
  return { ...rest, ...read }
}

function readSecret(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const found = types.isNativeError(error) && 'code' in error ? String(error.code) : 'none'
    throw new ConfigError('The configuration', [{ path: variable, expected: 'a file that can be read', found }])
  }
}

function withOrigin(violation: Violation, origins: ReadonlyMap<string, string>): Violation {
  const variable = [...origins].find(([path]) => violation.path === path || violation.path.startsWith(`${path}[`))?.[1]
  return variable === undefined ? violation : { ...violation, path: `${violation.path} (${variable})` }
}

function nest(path: readonly string[], value: unknown): object {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object
}

/** Merges objects key by key and replaces anything else. An undefined value replaces nothing. */
function merge(under: object, over: object): object {
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = foundAt(under, [key])
    if (value !== undefined) merged[key] = isPlainObject(below) && isPlainObject(value) ? merge(below, value) : value
  }
  return merged
}

/** The part of a JSON schema that decides how text becomes a value. */
export interface ValueSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, ValueSchema>>
  readonly items?: ValueSchema
  readonly anyOf?: readonly ValueSchema[]
  readonly additionalProperties?: boolean | ValueSchema
  /** Declared by `secret`. */
  readonly secret?: boolean
}

/** A configuration value that a variable can set. */
export interface Leaf {
  readonly path: readonly string[]
  readonly schema: ValueSchema
}

/** All values of the schema by the variable that sets them: `storage.batchSize` is `<prefix>STORAGE_BATCH_SIZE`. */
export function variablesOf(schema: ValueSchema, prefix: string, path: readonly string[] = []): Map<string, Leaf> {
  if (!schema.properties) return new Map([[prefix + path.map(screamingSnake).join('_'), { path, schema }]])
  const leaves = Object.entries(schema.properties).map(([key, value]) => variablesOf(value, prefix, [...path, key]))
  return new Map(leaves.flatMap((some) => [...some]))
}

/** Parses `text` into a value; returns the text itself if that fails, so that the schema's check reports it. */
export function readText(text: string, schema: ValueSchema): unknown {
  switch (schema.type) {
    case 'number':
    case 'integer':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'array':
      return text === '' ? [] : text.split(',').map((entry) => readText(entry.trim(), schema.items ?? {}))
    case 'object':
      return readJson(text)
    default:
      return schema.anyOf?.map((one) => readText(text, one)).find((value) => value !== text) ?? text
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function screamingSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

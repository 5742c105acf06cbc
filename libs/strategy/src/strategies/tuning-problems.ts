import type { StrategyDefinition } from './define-strategy.ts'

/**
 * The problems of new parameters, each checked alone. Rules across several parameters are checked where the others are
 * known.
 */
export function tuningProblems(
  { name, parameters }: Pick<StrategyDefinition, 'name' | 'parameters'>,
  given: Readonly<Record<string, unknown>>,
): string[] {
  const issues = parameters.safeParse(given).error?.issues ?? []
  return issues.flatMap(({ path, message, ...rest }) => {
    if ('keys' in rest) {
      const known = Object.keys(parametersOf(parameters)).join(', ')
      return rest.keys.map((key) => `Expected a parameter of ${name}, one of ${known}, was ${key}`)
    }
    const [key] = path
    if (typeof key !== 'string' || !Object.hasOwn(given, key)) return []
    return [`${key}: ${message}, was ${JSON.stringify(given[key])}`]
  })
}

function parametersOf(schema: StrategyDefinition['parameters']): object {
  const parsed = schema.safeParse({}).data
  return typeof parsed === 'object' && parsed !== null ? parsed : {}
}

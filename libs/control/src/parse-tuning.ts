import { isStrategyName } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { ParameterValue, Tuning } from './operator-order.ts'
import { parseWhy } from './parse-why.ts'

/**
 * Reads the strategy, its new parameters and the reason from the body of a tuning, `{ "strategy": "OFI", "parameters":
 * { "horizonMs": 5000 }, "why": "..." }`; otherwise gives what was expected and found. The strategy's plane checks
 * whether they fit.
 */
export function parseTuning(body: unknown): Result<Tuning & { readonly why: string }, string> {
  if (!isObject(body)) return err('Expected a body such as {"strategy": "OFI", "parameters": {...}, "why": "..."}.')
  const { strategy, parameters, ...rest } = body
  const why = parseWhy(rest)
  if (!why.ok) return why
  if (typeof strategy !== 'string' || !isStrategyName(strategy))
    return err(`Expected strategy to be the name of one, in capitals, was ${JSON.stringify(strategy) ?? 'none'}.`)
  if (!isObject(parameters) || Object.keys(parameters).length === 0)
    return err(`Expected parameters to be an object of those that change, was ${JSON.stringify(parameters) ?? 'none'}.`)
  const values: Record<string, ParameterValue> = {}
  for (const [name, value] of Object.entries(parameters)) {
    if (!isValue(value))
      return err(`Expected ${name} to be a number, true, false or a text, was ${JSON.stringify(value)}.`)
    values[name] = value
  }
  return ok({ strategy, parameters: values, why: why.value })
}

function isValue(value: unknown): value is ParameterValue {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

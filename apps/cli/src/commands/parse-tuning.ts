import { isStrategyName } from '@triplane/contracts'
import type { Tuning } from '@triplane/control'
import { strategies, tuningProblems, type StrategyDefinition } from '@triplane/strategy'
import { CliError } from '../cli-error.ts'

const builtIn: readonly StrategyDefinition[] = strategies
const names = builtIn.map(({ name }) => name).join(', ')

/** Reads `OFI horizonMs=5000 stepMs=100`; refuses what a built-in strategy does not accept, and lists what it does. */
export function parseTuning(strategy: string, assignments: readonly string[]): Tuning {
  if (!isStrategyName(strategy))
    throw new CliError(`Expected the name of a strategy, such as ${names}, was ${strategy}`, 2)
  const parameters = Object.fromEntries(assignments.map(parseAssignment))
  const definition = builtIn.find(({ name }) => name === strategy)
  const problems = definition ? tuningProblems(definition, parameters) : []
  if (problems.length > 0) throw new CliError(problems.join('; '), 2)
  return { strategy, parameters }
}

/** A note that a strategy outside of Triplane was not checked; undefined for a built-in one. */
export function uncheckedNotice({ strategy }: Tuning): string | undefined {
  if (builtIn.some(({ name }) => name === strategy)) return undefined
  return `${strategy} is none of ${names}: its plane alone checks the name and the parameters`
}

function parseAssignment(assignment: string): readonly [string, number | boolean | string] {
  const at = assignment.indexOf('=')
  if (at < 1) throw new CliError(`Expected a parameter such as horizonMs=5000, was ${assignment}`, 2)
  return [assignment.slice(0, at), parseValue(assignment.slice(at + 1))]
}

function parseValue(text: string): number | boolean | string {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
}

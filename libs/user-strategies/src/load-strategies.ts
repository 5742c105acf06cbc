import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inspect } from 'node:util'
import { ConfigError, loadConfig } from '@triplane/config'
import { field, instrumentId, isStateSchema, StateMisfitError, stateSchema } from '@triplane/contracts'
import {
  defineStrategy,
  settingsKey,
  strategies as builtIn,
  unchanged,
  type StrategyDefinition,
} from '@triplane/strategy'
import { z } from 'zod'
import { bundleStrategy } from './bundle-strategy.ts'
import { runInSandbox, type Modules } from './sandbox.ts'
import { UserStrategyError } from './user-strategy-error.ts'

/**
 * The strategies that the settings may name: the built-in ones, and those of a user's folder if there is one. Each
 * `*.ts` or `*.js` file there is bundled as it is. Throws a UserStrategyError that names the file and the problem.
 */
export async function loadStrategies(folder: string | undefined): Promise<readonly StrategyDefinition[]> {
  if (folder === undefined || folder === '') return builtIn
  const root = resolve(folder)
  const definitions: StrategyDefinition[] = [...builtIn]
  for (const file of filesIn(root)) {
    const made: StrategyDefinition[] = []
    const modules = modulesFor(file, (definition) => made.push(definition))
    const code = await bundleStrategy(join(root, file), root, Object.keys(modules))
    try {
      runInSandbox(code, join(root, file), modules)
    } catch (error) {
      if (error instanceof UserStrategyError) throw error
      throw new UserStrategyError(file, String(error), error)
    }
    for (const definition of made) {
      if (definitions.some(({ name }) => name === definition.name))
        throw new UserStrategyError(file, `Expected a name of its own, was ${definition.name}, which another has`)
      checkDefaults(file, definition)
      definitions.push(namingFile(file, definition))
    }
  }
  if (definitions.length === builtIn.length)
    throw new UserStrategyError(root, 'Expected files that call defineStrategy, was none')
  return definitions
}

function filesIn(root: string): readonly string[] {
  try {
    return readdirSync(root)
      .filter((name) => /\.[jt]s$/.test(name) && !/\.(test|d)\.ts$/.test(name))
      .sort()
  } catch (error) {
    throw new UserStrategyError(root, `Cannot read the folder: ${(error as NodeJS.ErrnoException).code ?? ''}`, error)
  }
}

/**
 * Refuses parameters without valid defaults: every run with the folder reads them, whether the strategy is chosen or
 * not.
 */
function checkDefaults(file: string, definition: StrategyDefinition): void {
  try {
    loadConfig(z.strictObject({ [settingsKey(definition)]: definition.parameters }), {})
  } catch (error) {
    throw new UserStrategyError(file, error instanceof ConfigError ? error : String(error), error)
  }
}

/** Adds the file's name to the errors that the definition throws when it is opened. */
function namingFile(file: string, definition: StrategyDefinition): StrategyDefinition {
  function naming<Given extends readonly unknown[], Made>(make: (...given: Given) => Made) {
    return (...given: Given): Made => {
      try {
        return make(...given)
      } catch (error) {
        if (error instanceof StateMisfitError) throw error
        throw new UserStrategyError(file, String(error), error)
      }
    }
  }
  const { warmUp, limits } = definition
  const open = naming((...given: Parameters<StrategyDefinition['open']>) => definition.open(...given))
  return { ...definition, warmUp: naming(warmUp), limits: limits && naming(limits), open }
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isOptionalFunction = (value: unknown): boolean => value === undefined || isFunction(value)

/** What a definition holds, beside its name. */
const parts: Readonly<Record<string, readonly [expected: string, isRight: (value: unknown) => boolean]>> = {
  doc: ['a sentence', (value) => typeof value === 'string'],
  parameters: ['a schema of zod', (value) => value instanceof z.ZodType],
  inputs: ["an object such as { events: ['ofi'] }", (value) => typeof value === 'object' && value !== null],
  state: ['what stateSchema gives', isStateSchema],
  create: ['a function', isFunction],
  warmUp: ['a function or nothing', isOptionalFunction],
  limits: ['a function or nothing', isOptionalFunction],
  eager: ['a function or nothing', isOptionalFunction],
}

/** Refuses a definition that lacks a part, and anything else in its place: a user's file is compiled without type checks. */
function checkParts(file: string, definition: object): void {
  for (const [part, [expected, isRight]] of Object.entries(parts)) {
    const found = (definition as Readonly<Record<string, unknown>>)[part]
    if (!isRight(found)) throw new UserStrategyError(file, `Expected ${part} to be ${expected}, was ${inspect(found)}`)
  }
}

/** The modules that a user's strategy may import, as the built-in ones do. */
function modulesFor(file: string, onDefined: (definition: StrategyDefinition) => void): Modules {
  const define: typeof defineStrategy = (definition) => {
    checkParts(file, definition)
    const made = defineStrategy(definition)
    onDefined(made)
    return made
  }
  return {
    '@triplane/strategy': { defineStrategy: define, unchanged },
    '@triplane/contracts': { field, instrumentId, stateSchema },
    zod: { z },
  }
}

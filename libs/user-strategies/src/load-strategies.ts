import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { field, instrumentId, stateSchema } from '@triplane/contracts'
import { defineStrategy, strategies as builtIn, unchanged, type StrategyDefinition } from '@triplane/strategy'
import { z } from 'zod'
import { bundleStrategy } from './bundle-strategy.ts'
import { runInSandbox, type Modules } from './sandbox.ts'
import { UserStrategyError } from './user-strategy-error.ts'

/**
 * The strategies that the settings may name: those of Triplane, then those of a user's folder, where there is one. Each file `*.ts` or
 * `*.js` there is TypeScript as it is. Throws a UserStrategyError that says in which file what is wrong.
 */
export async function loadStrategies(folder: string | undefined): Promise<readonly StrategyDefinition[]> {
  if (folder === undefined || folder === '') return builtIn
  const root = resolve(folder)
  const definitions: StrategyDefinition[] = [...builtIn]
  for (const file of filesIn(root)) {
    const made: StrategyDefinition[] = []
    const modules = modulesFor((definition) => made.push(definition))
    const code = await bundleStrategy(join(root, file), root, Object.keys(modules))
    try {
      runInSandbox(code, join(root, file), modules)
    } catch (error) {
      throw new UserStrategyError(`${file}: ${String(error)}`, {
        cause: error,
      })
    }
    for (const definition of made) {
      if (definitions.some(({ name }) => name === definition.name))
        throw new UserStrategyError(`${file}: Expected a name of its own, was ${definition.name}, which another has`)
      definitions.push(definition)
    }
  }
  if (definitions.length === builtIn.length)
    throw new UserStrategyError(`Expected files in ${root} that call defineStrategy, was none`)
  return definitions
}

function filesIn(root: string): readonly string[] {
  try {
    return readdirSync(root)
      .filter((name) => /\.[jt]s$/.test(name) && !/\.(test|d)\.ts$/.test(name))
      .sort()
  } catch (error) {
    throw new UserStrategyError(
      `Cannot read the strategies of ${root}: ${(error as NodeJS.ErrnoException).code ?? ''}`,
      {
        cause: error,
      },
    )
  }
}

/** What a strategy may import, as the strategies of Triplane do. */
function modulesFor(onDefined: (definition: StrategyDefinition) => void): Modules {
  const define: typeof defineStrategy = (definition) => {
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

import type { StateSchema } from './state-schema.ts'
import { createStateCheck, type StateCheck } from './state-check.ts'
import { StateMisfitError } from './state-misfit-error.ts'

/**
 * A guard of what a part that is chosen by its name has saved: true for what fits its schema, which is compiled when it is first asked.
 * Throws StateMisfitError, by the path of the field below `/<name>`, for what does not.
 */
export function stateGuard<State>(schema: StateSchema, name: string): (saved: unknown) => saved is State {
  let check: StateCheck | undefined
  return (saved): saved is State => {
    check ??= createStateCheck(schema, `/${name}`)
    const misfit = check(saved)
    if (misfit !== undefined) throw new StateMisfitError(misfit)
    return true
  }
}

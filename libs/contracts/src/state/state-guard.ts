import type { StateSchema } from './state-schema.ts'
import { createStateCheck, type StateCheck } from './state-check.ts'
import { StateMisfitError } from './state-misfit-error.ts'

/**
 * A guard for the saved state of a part that is chosen by its name: true for state that fits its schema, which is compiled on
 * first use. Throws a StateMisfitError, with the path of the misfit below `/<name>`, for any other.
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

import { explainEvent, isEvent, type Run } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import { parseWhy } from './parse-why.ts'

/** What a run is to be. */
export type RunRequest = Omit<Run, 'type' | 'seq' | 'effectUs' | 'account' | 'startedAtUs' | 'positions' | 'who'> & {
  /** Default: a simulated account of its own. */
  readonly account?: string
}

/** A run that is asked for: `ifNone` only when the current one is not of these venues. */
export interface RunOrder {
  readonly run: RunRequest
  readonly ifNone: boolean
}

const fields = ['runId', 'mode', 'account', 'seed', 'startUs', 'scenario', 'sessions', 'venues', 'dataPlanes']
/** It names a folder of each plane. */
const RUN_ID = /^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/

/**
 * Reads a run and the reason from the body `{ "run": { "runId": "...", "mode": "live", "venues": ["sim"] }, "ifNone": true,
 * "why": "..." }`; otherwise gives what was expected and found.
 */
export function parseRunOrder(body: unknown): Result<RunOrder & { readonly why: string }, string> {
  if (!isObject(body)) return err('Expected a body such as {"run": {...}, "why": "..."}.')
  const { run, ifNone = false, ...rest } = body
  const why = parseWhy(rest)
  if (!why.ok) return why
  if (typeof ifNone !== 'boolean') return err('Expected ifNone to be true or false.')
  if (!isObject(run)) return err('Expected run to be an object.')
  const unknown = Object.keys(run).find((name) => !fields.includes(name))
  if (unknown !== undefined) return err(`Expected nothing in run but ${fields.join(', ')}, was also ${unknown}.`)
  const { runId, account = 'sim' } = run
  if (typeof runId !== 'string' || !RUN_ID.test(runId))
    return err('Expected runId to be 1 to 64 letters, digits, - and _.')
  const whole = { ...run, account, type: 'run', seq: 1, effectUs: 0, startedAtUs: 0, positions: [], who: 'nobody' }
  if (!isEvent(whole)) return err(`Expected a run, was not: ${explainEvent(whole)}.`)
  return ok({ run: run as unknown as RunRequest, ifNone, why: why.value })
}

/** True when a run is of just these venues. */
export function isOfVenues(run: Pick<Run, 'venues'>, venues: readonly string[]): boolean {
  return [...run.venues].sort().join() === [...venues].sort().join()
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StateMisfitError } from '@triplane/contracts'
import type { LoadedState, StateCodec } from '@triplane/service'

/** `--resume` is impossible; the message has the reason. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError'
}

const fileIn = (folder: string) => join(folder, 'run.json')

/** Replaces the file in one step, so that a reader finds the old one or the new one, never half of one. */
function replace(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  const file = fileIn(folder)
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}

/** Marks a run as running: it cannot be resumed until it stops cleanly. */
export function markRunning(folder: string, runId: string): void {
  replace(folder, JSON.stringify({ status: 'running', runId }))
}

/** Saves the state of a run that stopped cleanly, as encoded by its codec. */
export function saveStopped(folder: string, text: string): void {
  replace(folder, text)
}

/** The run to resume. Throws `ResumeError` when there is none, when it crashed, and when its state does not fit. */
export function loadStopped<State>(folder: string, codec: StateCodec<State>): LoadedState<State> {
  const text = read(folder)
  const runId = runUnderWay(text)
  if (runId !== undefined)
    throw new ResumeError(
      `Expected a run that was stopped cleanly, found run ${runId} that was not: it crashed or is still under way. Start a new run without --resume.`,
    )
  try {
    return codec.decode(text)
  } catch (error) {
    if (!(error instanceof StateMisfitError)) throw error
    throw new ResumeError(
      `Cannot resume the run in ${fileIn(folder)}: ${error.message}. Start a new run without --resume; what this one holds is taken along by the ` +
        'version that saved it: triplane halt, triplane state export (docs/operations.md).',
    )
  }
}

function read(folder: string): string {
  try {
    return readFileSync(fileIn(folder), 'utf8')
  } catch {
    throw new ResumeError(
      `Expected a run that was stopped cleanly in ${folder}, found none. Start a new run without --resume.`,
    )
  }
}

/** What `markRunning` wrote; undefined for anything else. */
function runUnderWay(text: string): string | undefined {
  const marker = /^\{"status":"running","runId":"([^"]*)"\}$/.exec(text)
  return marker?.[1]
}

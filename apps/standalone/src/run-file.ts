import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is kept of the newest run. Only a run that was stopped in order can be resumed. */
type RunFile<State> =
  | { readonly version: 1; readonly status: 'running'; readonly runId: string }
  | {
      readonly version: 1
      readonly status: 'stopped'
      readonly runId: string
      readonly configDigest: string
      readonly state: State
    }

/** `--resume` cannot be done; the message says why. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError'
}

const fileIn = (folder: string) => join(folder, 'run.json')

/** Replaces the file in one step, so that a reader finds the old one or the new one, never half of it. */
function replace<State>(folder: string, content: RunFile<State>): void {
  mkdirSync(folder, { recursive: true })
  const file = fileIn(folder)
  writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}

/** Notes that a run is under way: until it is stopped in order, it cannot be resumed. */
export function markRunning(folder: string, runId: string): void {
  replace(folder, { version: 1, status: 'running', runId })
}

/** Keeps the state of a run that stopped in order. */
export function saveStopped<State>(
  folder: string,
  run: { readonly runId: string; readonly configDigest: string; readonly state: State },
): void {
  replace(folder, { version: 1, status: 'stopped', ...run })
}

/** The run to resume. Throws `ResumeError` when there is none, when it crashed, and when the configuration is another one. */
export function loadStopped<State>(
  folder: string,
  configDigest: string,
): { readonly runId: string; readonly state: State } {
  const run = read<State>(folder)
  if (run.status === 'running')
    throw new ResumeError(
      `Expected a run that was stopped in order, found run ${run.runId} that was not: it crashed or is still under way. Start a new run without --resume.`,
    )
  if (run.configDigest !== configDigest)
    throw new ResumeError(
      `Expected the settings that run ${run.runId} was started with, found others. Use the same ones, or start a new run without --resume.`,
    )
  return run
}

function read<State>(folder: string): RunFile<State> {
  let text: string
  try {
    text = readFileSync(fileIn(folder), 'utf8')
  } catch {
    throw new ResumeError(
      `Expected a run that was stopped in order in ${folder}, found none. Start a new run without --resume.`,
    )
  }
  try {
    const run = JSON.parse(text) as RunFile<State>
    if (run.version === 1) return run
  } catch {
    // falls through to the one message below
  }
  throw new ResumeError(
    `Expected ${fileIn(folder)} to hold a run of version 1, found something else. Start a new run without --resume.`,
  )
}

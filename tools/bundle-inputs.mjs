// The inputs of an app's bundle, stored beside it. Needs no package: the command checks them before anything is installed.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'

/** A file beside the bundle: its commit and its input files. */
export const INPUTS = 'inputs.json'

export function outputOf(app) {
  return join(root, 'dist/apps', app)
}

/** The commit of the app's bundle; undefined where there is none, or one of its inputs has changed or gone since. */
export function freshCommitOf(app) {
  const [bundle, inputs] = ['main.js', INPUTS].map((name) => join(outputOf(app), name))
  if (!existsSync(bundle) || !existsSync(inputs)) return undefined
  const bundledMs = changedMs(bundle)
  const { commit, files } = JSON.parse(readFileSync(inputs, 'utf8'))
  return files?.every((path) => changedMs(join(root, path)) <= bundledMs) ? commit : undefined
}

/** The modification time of a file; a missing one counts as changed just now. */
function changedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
}

// What an app's bundle is made of, kept beside it. Needs no package: the command asks before anything is installed.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'

/** Beside a bundle: the commit and the files that went into it. */
export const INPUTS = 'inputs.json'

export function outputOf(app) {
  return join(root, 'dist/apps', app)
}

/** The commit of the app's bundle; undefined where there is none, or one of the files that went into it has changed or gone since. */
export function freshCommitOf(app) {
  const [bundle, inputs] = ['main.js', INPUTS].map((name) => join(outputOf(app), name))
  if (!existsSync(bundle) || !existsSync(inputs)) return undefined
  const bundledMs = changedMs(bundle)
  const { commit, files } = JSON.parse(readFileSync(inputs, 'utf8'))
  return files?.every((path) => changedMs(join(root, path)) <= bundledMs) ? commit : undefined
}

/** When a file was last changed; a missing one counts as changed just now. */
function changedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
}

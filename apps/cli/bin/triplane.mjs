#!/usr/bin/env node
// The `triplane` command: runs the bundle when it is there and as new as its sources, else the sources themselves. Installs
// nothing.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const bundle = join(root, 'dist/apps/cli/main.js')
const sources = join(root, 'apps/cli/src/main.ts')

/** Whether every file that went into the bundle is as old as it is; true where there are no sources, as in an image. */
function isFresh() {
  if (!existsSync(bundle)) return false
  if (!existsSync(sources)) return true
  const inputs = join(dirname(bundle), 'inputs.json')
  if (!existsSync(inputs)) return false
  const bundledMs = statSync(bundle).mtimeMs
  return JSON.parse(readFileSync(inputs, 'utf8')).every((path) => {
    const file = statSync(join(root, path), { throwIfNoEntry: false })
    return file !== undefined && file.mtimeMs <= bundledMs
  })
}

if (isFresh()) {
  await import(pathToFileURL(bundle).href)
} else {
  if (!existsSync(join(root, 'node_modules/tsx'))) {
    console.error(`triplane: Expected the packages in ${join(root, 'node_modules')}, found none. Run: npm ci`)
    process.exit(1)
  }
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(sources).href)
}

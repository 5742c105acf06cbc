#!/usr/bin/env node
// The `triplane` command: runs the bundle, made anew when its sources have changed. Installs nothing.
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
  const { files } = JSON.parse(readFileSync(inputs, 'utf8'))
  return files?.every((path) => {
    const file = statSync(join(root, path), { throwIfNoEntry: false })
    return file !== undefined && file.mtimeMs <= bundledMs
  })
}

/** Bundles what has changed since; the packages that this needs are there after the first `npm start`. */
async function bundleSources() {
  if (!existsSync(join(root, 'node_modules/esbuild'))) {
    console.error(
      `triplane: Expected the packages in ${join(root, 'node_modules')}, found none. Run: npm start, or npm ci`,
    )
    process.exit(1)
  }
  const { buildApp } = await import(pathToFileURL(join(root, 'tools/build.mjs')).href)
  await buildApp('cli')
}

if (!isFresh()) await bundleSources()
await import(pathToFileURL(bundle).href)

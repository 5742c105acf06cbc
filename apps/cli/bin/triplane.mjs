#!/usr/bin/env node
// The `triplane` command: runs the bundle, rebuilt when its sources have changed. Installs nothing.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const bundle = join(root, 'dist/apps/cli/main.js')
const sources = join(root, 'apps/cli/src/main.ts')

/** Whether the bundle is up to date with the sources; true where there are none, as in an image. */
async function isFresh() {
  if (!existsSync(sources)) return existsSync(bundle)
  const { freshCommitOf } = await import(pathToFileURL(join(root, 'tools/bundle-inputs.mjs')).href)
  return freshCommitOf('cli') !== undefined
}

/** Bundles the changed sources; the packages that this needs are installed by the first `npm start`. */
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

if (!(await isFresh())) await bundleSources()
await import(pathToFileURL(bundle).href)

// `npm run bench [-- <name> ...]`: runs the benches whose file names contain one of the names, or all of them, in sequence,
// each in its own process. Exits with 1 when a goal is missed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, fail } from '../tools/install.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
ensureInstalled()
installPeers()

const wanted = process.argv.slice(2)
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((name) => file.includes(name))))
  .map((file) => file.replace('.ts', ''))
if (names.length === 0) fail(`Expected the name of a bench in bench/, was ${wanted.join(' ')}.`)

const { build } = await import('esbuild')
const { BANNER } = await import('../tools/build.mjs')
await build({
  entryPoints: names.map((name) => join(folder, `${name}.ts`)),
  outdir: join(folder, 'dist'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'bundle',
  banner: { js: BANNER },
  external: ['ccxt', 'tardis-dev', 'pg-native'],
  logLevel: 'warning',
})
let missed = false
for (const name of names) {
  const run = spawnSync(process.execPath, [join(folder, 'dist', `${name}.mjs`)], { stdio: 'inherit' })
  missed ||= run.status !== 0
}
process.exit(missed ? 1 : 0)

/** Installs the libraries to compare with, in this folder only, at the first run of a bench. */
function installPeers() {
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return
  console.error('triplane: installing what the benches compare with ...')
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const run = spawnSync('npm', args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (run.status !== 0) fail(`Cannot install the peers. Put that right, then run \`npm ci\` in ${folder}.`)
}

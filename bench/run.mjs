// `npm run bench [-- <name> ...]`: runs the benches whose file names contain one of the names, or all of them, in sequence,
// each in its own process. Exits with 1 when a goal is missed.
// `--compare`: measures ratios to peers instead, and compares them with bench/baseline.json; exits with 1 when one is worse.
// `--save-baseline`: measures and stores them.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureInstalled, fail } from '../tools/install.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const dist = join(folder, 'dist')
const baselineFile = join(folder, 'baseline.json')
ensureInstalled()
installPeers()

const { values: flags, positionals: wanted } = parseArgs({
  options: { compare: { type: 'boolean' }, 'save-baseline': { type: 'boolean' } },
  allowPositionals: true,
})
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
await bundle([...all.map((name) => `${name}.bench`), 'baseline'])
const { compared, compareRatios, NODE_OPTIONS, readBaseline, saveBaseline } = await import(join(dist, 'baseline.mjs'))

const forRatios = flags.compare || flags['save-baseline']
const names = all
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .filter((name) => !forRatios || compared.includes(name))
if (names.length === 0) fail(`Expected the name of a bench in bench/, was ${wanted.join(' ')}.`)
process.exit(forRatios ? ratios() : goals())

/** Runs the benches. Returns the exit code. */
function goals() {
  const codes = names.map((name) => runBench(name))
  return codes.every((code) => code === 0) ? 0 : 1
}

/** Measures ratios, and compares or stores them. Returns the exit code. */
function ratios() {
  const measured = {}
  for (const name of names) {
    console.log(`measuring ${name} ...`)
    const file = join(dist, `${name}.ratios.json`)
    rmSync(file, { force: true })
    if (runBench(name, { TRIPLANE_BENCH_RATIOS: file }) !== 0) return 1
    if (existsSync(file)) measured[name] = JSON.parse(readFileSync(file, 'utf8'))
  }
  const { lines, isWorse } = compareRatios(readBaseline(baselineFile), measured)
  console.log(['', 'times less than the peer, baseline -> now', ...lines].join('\n'))
  if (!flags['save-baseline']) return isWorse ? 1 : 0
  saveBaseline(baselineFile, measured)
  console.log(`Written to ${baselineFile}.`)
  return 0
}

function runBench(name, environment = {}) {
  const env = { ...process.env, NODE_OPTIONS: `${NODE_OPTIONS} ${process.env.NODE_OPTIONS ?? ''}`, ...environment }
  return spawnSync(process.execPath, [join(dist, `${name}.bench.mjs`)], { stdio: 'inherit', env }).status ?? 1
}

async function bundle(files) {
  const { build } = await import('esbuild')
  const { BANNER } = await import('../tools/build.mjs')
  await build({
    entryPoints: files.map((name) => join(folder, `${name}.ts`)),
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'bundle',
    banner: { js: BANNER },
    external: ['ccxt', 'tardis-dev', 'pg-native'],
    logLevel: 'warning',
  })
}

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

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Prints one clear message instead of a stack trace and ends the process with code 1. */
export function fail(message) {
  console.error(`triplane: ${message}`)
  process.exit(1)
}

/**
 * Makes sure that this Node is new enough and that node_modules matches the lock file; installs it otherwise. `withDev: false`
 * requires only what the app needs to run; development packages that are already there stay. Needs no network when everything
 * is there. On failure, ends the process with a message.
 */
export function ensureInstalled({ withDev = true } = {}) {
  const wanted = readJson('package.json').engines.node.replace('>=', '')
  if (isOlder(process.versions.node, wanted)) {
    fail(`Expected Node ${wanted} or later, was ${process.versions.node} (${process.execPath}).`)
  }
  const installed = installedPackages()
  const missing = firstMissing(installed, withDev)
  if (!missing) return

  console.error(`triplane: installing dependencies from package-lock.json (${missing} is missing) ...`)
  const refusal = runNpmCi(withDev || Object.values(installed ?? {}).some(({ dev }) => dev))
  if (refusal) fail(`Cannot install the dependencies: ${refusal}\nPut that right, then run \`npm ci\` in ${root}.`)
  const stillMissing = firstMissing(installedPackages(), withDev)
  if (stillMissing) fail(`The install ended well, but ${stillMissing} is still missing. Is the registry complete?`)
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function isOlder(version, wanted) {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number))
  const differing = want.findIndex((part, index) => part !== have[index])
  return differing >= 0 && have[differing] < want[differing]
}

/** The packages in node_modules, as npm recorded them at the end of its last complete install; undefined before one. */
function installedPackages() {
  const noted = join(root, 'node_modules/.package-lock.json')
  return existsSync(noted) ? JSON.parse(readFileSync(noted, 'utf8')).packages : undefined
}

/**
 * The first package of the lock file that is missing or has another version. A package for another platform may be missing; so
 * may one that only such a package needs.
 */
function firstMissing(installed, withDev) {
  if (!installed) return 'node_modules'
  for (const [path, wanted] of Object.entries(readJson('package-lock.json').packages)) {
    if (path === '' || (wanted.dev && !withDev)) continue
    const have = installed[path]
    if (have ? have.version === wanted.version && have.integrity === wanted.integrity : mayBeMissing(wanted)) continue
    return path.replace('node_modules/', '')
  }
  return undefined
}

function mayBeMissing({ optional, devOptional, os, cpu, libc }) {
  if (!optional && !devOptional) return false
  if (!os && !cpu) return true
  return Boolean(libc) || !allows(os, process.platform) || !allows(cpu, process.arch)
}

function allows(list, value) {
  return !list || list.includes(value)
}

/** Runs `npm ci`. Returns undefined, or why it failed. */
function runNpmCi(withDev) {
  const ownCache = canWriteNpmCache() ? undefined : mkdtempSync(join(tmpdir(), 'triplane-npm-'))
  const args = ['ci', withDev ? '--include=dev' : '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error']
  if (ownCache) args.push('--cache', ownCache)
  // npm tells its scripts its own path; without it (node tools/start.mjs) the npm on the PATH runs.
  const npmScript = process.env.npm_execpath
  const hasNpm = npmScript && basename(npmScript).startsWith('npm')
  const [command, commandArgs] = hasNpm ? [process.execPath, [npmScript, ...args]] : ['npm', args]
  const run = spawnSync(command, commandArgs, { cwd: root, encoding: 'utf8' })
  if (ownCache) rmSync(ownCache, { recursive: true, force: true })

  if (run.error) return `npm could not be started (${run.error.message}).`
  if (run.status === 0) return undefined
  const lines = run.stderr.split('\n').filter((line) => /^npm error +(?!at )\S/.test(line))
  return [`\`npm ci\` ended with ${run.signal ?? run.status}.`, ...lines.slice(0, 8)].join('\n  ')
}

/** npm fails when its cache belongs to another user, as with a HOME kept from root or a user without a home. */
function canWriteNpmCache() {
  let folder = process.env.npm_config_cache ?? join(homedir(), '.npm')
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

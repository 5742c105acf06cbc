// `npm run build [-- <app> ...]`: bundles apps/*/src/main.ts to dist/apps/<app>/main.js.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freshCommitOf, INPUTS, outputOf } from './bundle-inputs.mjs'
import { root } from './install.mjs'

/** Requested by pg in a try, absent on purpose; and esbuild, which can only be in a bundle where its program is named. */
const EXTERNAL = ['pg-native', ...(process.env.ESBUILD_BINARY_PATH ? [] : ['esbuild'])]

/** CommonJS packages in an ES module bundle expect these. */
export const BANNER = [
  `import { createRequire as __createRequire } from 'node:module'`,
  `import { fileURLToPath as __toPath } from 'node:url'`,
  `const require = __createRequire(import.meta.url)`,
  `const __filename = __toPath(import.meta.url)`,
  `const __dirname = __toPath(new URL('.', import.meta.url))`,
].join('\n')

/** Threads with an entry of their own, by the module that starts them: their bundle lies beside that of an app which has it. */
const WORKERS = {
  'libs/storage/src/worker/worker-writers.ts': {
    entry: 'libs/storage/src/worker/history-worker.ts',
    bundle: 'history-worker.js',
  },
}

/** The apps that have an entry, by folder name. */
export function appNames() {
  return readdirSync(join(root, 'apps')).filter((app) => existsSync(entryOf(app)))
}

/** Whether the app has no bundle, or one of another commit, or one with an input that has changed or gone since. */
export function isStale(app) {
  return freshCommitOf(app) !== currentCommit()
}

/**
 * Bundles one app for Node 20, and the threads that it starts. A bundle appears whole or not at all, so that a start beside it
 * never reads half of it.
 */
export async function buildApp(app) {
  const commit = currentCommit()
  const main = await bundle(entryOf(app), join(outputOf(app), 'main.js'), commit)
  const threads = Object.entries(WORKERS).filter(([starter]) => main.sources.includes(starter))
  const bundles = await Promise.all(
    threads.map(([, worker]) => bundle(join(root, worker.entry), join(outputOf(app), worker.bundle), commit)),
  )
  const sources = [main, ...bundles].flatMap((built) => built.sources)
  const inputs = { commit, files: ['package-lock.json', 'tools/build.mjs', ...new Set(sources)] }
  mkdirSync(outputOf(app), { recursive: true })
  // The app's own last: from then on it can be started.
  for (const file of [...bundles, main].flatMap((built) => built.files)) writeWhole(file.path, file.contents)
  writeWhole(join(outputOf(app), INPUTS), JSON.stringify(inputs))
}

/** Bundles one entry. Returns its files, which are not written yet, and the sources of which something is in it. */
async function bundle(entry, outfile, commit) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    sourcemap: true,
    // Stack traces need positions; the text of every dependency would double an image.
    sourcesContent: false,
    external: EXTERNAL,
    banner: { js: BANNER },
    define: {
      'process.env.TRIPLANE_VERSION': JSON.stringify(version),
      'process.env.TRIPLANE_COMMIT': JSON.stringify(commit),
      // The banner says what it is.
      'process.env.TRIPLANE_BUNDLE_FOLDER': '__dirname',
    },
    logLevel: 'warning',
    metafile: true,
    write: false,
  })
  const sources = Object.keys(result.metafile.inputs).filter((path) => !path.startsWith('node_modules/'))
  return { files: result.outputFiles, sources }
}

function writeWhole(path, contents) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

function entryOf(app) {
  return join(root, 'apps', app, 'src/main.ts')
}

/** The commit, with `-dirty` where its files are changed; outside a clone the one in the environment, otherwise 'unknown'. */
function currentCommit() {
  if (process.env.TRIPLANE_COMMIT) return process.env.TRIPLANE_COMMIT
  try {
    // The clone may belong to another user than the builder.
    const args = ['-c', 'safe.directory=*', 'describe', '--always', '--exclude=*', '--abbrev=12', '--dirty']
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return commitWithoutGit()
  }
}

/** Reads the commit from .git: an image build has the files of a clone, but neither the git command nor the objects. */
function commitWithoutGit() {
  try {
    const head = readFileSync(join(root, '.git/HEAD'), 'utf8').trim()
    if (!head.startsWith('ref: ')) return head.slice(0, 12)
    const loose = join(root, '.git', head.slice(5))
    if (existsSync(loose)) return readFileSync(loose, 'utf8').slice(0, 12)
    const packed = readFileSync(join(root, '.git/packed-refs'), 'utf8').split('\n')
    return packed.find((line) => line.endsWith(` ${head.slice(5)}`))?.slice(0, 12) ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const apps = process.argv.length > 2 ? process.argv.slice(2) : appNames()
  for (const app of apps) {
    const startMs = performance.now()
    await buildApp(app)
    console.log(`built dist/apps/${app}/main.js in ${Math.round(performance.now() - startMs)} ms`)
  }
}

// `npm start`: installs missing packages, bundles changed sources, runs the standalone app in this process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureInstalled, fail, root } from './install.mjs'

/** Copies of a signal within this time count as one. */
const ECHO_MS = 500

/**
 * Lets the app see each SIGINT and SIGTERM once. A Ctrl-C goes to every process of the terminal's group, and npm forwards its
 * own copy to this one; `timeout` does the same. An app that shuts down gracefully must not take the echo for a second request.
 */
function dropSignalEchoes() {
  const emit = process.emit
  const lastMs = { SIGINT: -Infinity, SIGTERM: -Infinity }
  process.emit = function (event, ...args) {
    if (event in lastMs) {
      const sinceMs = performance.now() - lastMs[event]
      lastMs[event] = performance.now()
      if (sinceMs < ECHO_MS) return true
    }
    return emit.call(process, event, ...args)
  }
}

ensureInstalled({ withDev: false })
const { buildApp, isStale } = await import('./build.mjs')
try {
  // The command too: an emergency stop must not wait for a build.
  for (const app of ['standalone', 'cli']) if (isStale(app)) await buildApp(app)
} catch (error) {
  fail(`Cannot build the apps: ${error.message}`)
}
const main = join(root, 'dist/apps/standalone/main.js')
dropSignalEchoes()
process.argv[1] = main
await import(pathToFileURL(main).href)

// Loaded before a service: when one of its secrets has changed, it stops in order, and Docker starts it with the new one.
// A service that no supervisor starts again (a command) ends before the first look.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = '/run/secrets'
const INTERVAL_MS = 5000

const atStart = contents()
if (atStart !== undefined) {
  const timer = setInterval(() => {
    const now = contents()
    if (now === undefined || now === atStart) return
    clearInterval(timer)
    process.stderr.write('triplane: a secret has changed, stopping in order to start with the new one\n')
    process.kill(process.pid, 'SIGTERM')
  }, INTERVAL_MS)
  timer.unref()
}

/** Every secret in one text; undefined when there are none to be read. */
function contents() {
  try {
    return readdirSync(FOLDER)
      .filter((name) => !name.endsWith('.new'))
      .sort()
      .map((name) => `${name}\n${readFileSync(join(FOLDER, name), 'utf8')}\n`)
      .join('')
  } catch {
    return undefined
  }
}

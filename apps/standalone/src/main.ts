import { randomInt } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { ConfigError } from '@triplane/config'
import { ControlError } from '@triplane/control'
import { CaptureError, RecordingError } from '@triplane/feeds'
import { systemClock } from '@triplane/kernel'
import { MetricsServerError } from '@triplane/metrics'
import { StorageError } from '@triplane/storage'
import { composeStandalone, type Standalone } from './compose.ts'
import type { Screen } from './live-view.ts'
import { parseOptions, UsageError } from './options.ts'
import { nothingUnderstood } from './report.ts'
import { formatReport } from './report-text.ts'
import { ResumeError } from './run-file.ts'

// A replay produces garbage fast and keeps little: collecting once the heap has grown by half, not threefold, keeps it small.
setFlagsFromString('--heap-growing-percent=50')

const screen: Screen = {
  get isTTY() {
    return process.stdout.isTTY
  },
  get columns() {
    return process.stdout.columns
  },
  write: (text) => void process.stdout.write(text),
}

/** A problem that the user can fix: one message, no stack trace. */
const expected = [
  UsageError,
  ConfigError,
  CaptureError,
  RecordingError,
  MetricsServerError,
  StorageError,
  ControlError,
  ResumeError,
]

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), () => randomInt(2 ** 32))
  const composed: { standalone?: Standalone } = {}
  let isStopping = false
  // Installed from the start: what starts before the run (a database) must stop cleanly too.
  const stop = () => {
    if (isStopping) process.exit(130)
    isStopping = true
    void composed.standalone?.stop()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const standalone = await composeStandalone(options, { clock: systemClock, screen, environment: process.env })
  composed.standalone = standalone
  if (isStopping) await standalone.stop()
  const report = await standalone.run()
  screen.write(formatReport(report, standalone.instruments))
  const problem = nothingUnderstood(report)
  if (problem === undefined) return 0
  process.stderr.write(`triplane: ${problem}\n`)
  return 1
}

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof UsageError && error.exitCode === 0) {
    screen.write(`${error.message}\n`)
    return 0
  }
  const message = expected.some((kind) => error instanceof kind) ? (error as Error).message : describeBug(error)
  process.stderr.write(`triplane: ${message}\n`)
  return error instanceof UsageError ? error.exitCode : 1
})

/** A bug of ours: the stack trace helps to find it. */
function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

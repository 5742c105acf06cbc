import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '@triplane/kernel'
import { composeStandalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'

/** A screen that discards its output. */
export const silentScreen = { isTTY: false, columns: 80, write: () => undefined }

/**
 * Runs the app in this process with the given flags, without ports and, by default, without a database. `stopAtTurn` stops it
 * as an interrupt would.
 */
export async function runStandalone(
  flags: readonly string[],
  varFolder: string,
  environment: Readonly<Record<string, string>> = {},
  stopAtTurn = Infinity,
): Promise<Report> {
  const storage = flags.includes('--storage') ? [] : ['--storage', 'off']
  const ports = flags.includes('--ports') ? [] : ['--ports', 'off']
  const options = parseOptions([...flags, ...storage, ...ports, '--var', varFolder], () => 1)
  // The wall clock is read once a turn, and by the logger.
  let turns = -Infinity
  const clock: Clock = {
    ...systemClock,
    nowUs() {
      if (++turns === stopAtTurn) void standalone.stop()
      return systemClock.nowUs()
    },
  }
  const standalone = await composeStandalone(options, { clock, screen: silentScreen, environment })
  turns = 0
  return standalone.run()
}

/** A folder for one suite, deleted after it. */
export function temporaryFolder(): () => string {
  let folder = ''
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-test-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => folder
}

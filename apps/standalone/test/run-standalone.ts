import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { composeStandalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'

/** A screen that nobody looks at. */
export const silentScreen = { isTTY: false, columns: 80, write: () => undefined }

/** Runs the app in this process with the given flags, without ports and, unless asked for, without a database. */
export async function runStandalone(
  flags: readonly string[],
  varFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Report> {
  const storage = flags.includes('--storage') ? [] : ['--storage', 'off']
  const ports = flags.includes('--ports') ? [] : ['--ports', 'off']
  const options = parseOptions([...flags, ...storage, ...ports, '--var', varFolder], () => 1)
  const standalone = await composeStandalone(options, { clock: systemClock, screen: silentScreen, environment })
  return standalone.run()
}

/** A folder for one suite, deleted after it. */
export function temporaryFolder(): () => string {
  let folder = ''
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-test-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => folder
}

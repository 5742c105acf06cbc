import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of recorded market data; undefined where there is none. `TRIPLANE_DATA` overrides `../shared/data`. */
export function dataFolder(): string | undefined {
  const folder = process.env['TRIPLANE_DATA'] ?? join(__dirname, '../../../../shared/data')
  return existsSync(folder) ? folder : undefined
}

/**
 * `describe` for suites that need recorded data. Without it the suite is skipped, and its name has the reason, which the test
 * run prints as one line.
 */
export function describeWithData(name: string, suite: (folder: string) => void): void {
  const folder = dataFolder()
  if (folder) describe(name, () => suite(folder))
  else
    describe.skip(`${name} [not run: no recorded data; TRIPLANE_DATA names its folder]`, () =>
      it('needs recorded data', () => undefined))
}

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from '@triplane/testing'
import type { Report } from '../src/report.ts'
import { temporaryFolder } from './run-standalone.ts'

const root = join(__dirname, '../../..')
const bundle = join(root, 'dist/apps/standalone/main.js')
const withNode = join(root, 'tools/with-node.mjs')

/** The Node versions of the images. */
const MAJORS = ['24', '26']
const CANNOT_BE_FETCHED = 75

const canRun = (major: string) =>
  spawnSync(process.execPath, [withNode, major, '--version']).status !== CANNOT_BE_FETCHED
const data = dataFolder()
const inputs = {
  'a simulated run': ['--seed', '4', '--start-time', '2024-08-08T14:30Z', '--duration', '60s'],
  ...(data && { 'a capture': ['--capture', join(data, 'binance_ws_20240808/usdm_btcusdt_20240808.gz')] }),
}

describe.each(MAJORS)('Node %s', (major) => {
  const suite = canRun(major) ? describe : describe.skip
  suite(
    `gives the hashes of this Node${canRun(major) ? '' : ` [not run: Node ${major} cannot be fetched here]`}`,
    () => {
      const folder = temporaryFolder()

      function hashesOn(command: readonly string[], flags: readonly string[]): Report['hashes'] {
        const file = join(folder(), 'report.json')
        const common = ['--speed', 'max', '--storage', 'off', '--ports', 'off', '--var', folder(), '--report', file]
        const run = spawnSync(process.execPath, [...command, bundle, ...flags, ...common], { encoding: 'utf8' })
        expect(run.stderr).toBe('')
        expect(run.status).toBe(0)
        return (JSON.parse(readFileSync(file, 'utf8')) as Report).hashes
      }

      beforeAll(() => {
        const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs'), 'standalone'], { encoding: 'utf8' })
        expect(built.status).toBe(0)
      }, 180_000)

      it.each(Object.entries(inputs))(
        'for %s',
        (_, flags) => {
          const here = hashesOn([], flags)
          expect(here?.order).toMatch(/^[0-9a-f]{64}$/)
          expect(hashesOn([withNode, major], flags)).toEqual(here)
        },
        60_000,
      )
    },
  )
})

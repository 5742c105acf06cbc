import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_OPTIONS } from './node-options.ts'

const root = join(__dirname, '..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: { readonly start: string } }

/** The limit of the heap, nursery included, MB, of a Node that a shell starts by `command`. */
function heapLimitMb(command: string, environment: Readonly<Record<string, string>> = {}): number {
  const limit = 'console.log(require("node:v8").getHeapStatistics().heap_size_limit / 2 ** 20)'
  const { stdout, stderr } = spawnSync('sh', ['-c', `${command} -e '${limit}'`], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...environment },
  })
  expect(stderr).toBe('')
  return Number(stdout)
}

const npmStart = scripts.start.replace('tools/start.mjs', '')

describe('the nursery of Node', () => {
  it('is as large with npm start as where it is set by hand, and larger than without', () => {
    expect(heapLimitMb(npmStart)).toBe(heapLimitMb('node', { NODE_OPTIONS }))
    expect(heapLimitMb(npmStart)).toBeGreaterThan(heapLimitMb('node'))
  })

  it('with npm start is the one that a person sets, whose other options hold too', () => {
    const own = { NODE_OPTIONS: '--max-semi-space-size=64 --max-old-space-size=512' }
    expect(heapLimitMb(npmStart, own)).toBe(heapLimitMb('node', own))
  })

  it('is the same in the images, and in the README', () => {
    expect(textOf('infrastructure/docker/Dockerfile')).toContain(`\nENV NODE_OPTIONS=${NODE_OPTIONS}\n`)
    expect(textOf('README.md')).toContain(`\`${NODE_OPTIONS}\``)
  })
})

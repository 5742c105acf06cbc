import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Report } from '../src/report.ts'
import { temporaryFolder } from './run-standalone.ts'

const root = join(__dirname, '../../..')
const bundle = join(root, 'dist/apps/standalone/main.js')

describe('node dist/apps/standalone/main.js', () => {
  const folder = temporaryFolder()
  const common = () => ['--storage', 'off', '--ports', 'off', '--var', folder()]
  const start = (flags: readonly string[], environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, [bundle, ...flags], { encoding: 'utf8', env: { ...process.env, ...environment } })

  beforeAll(() => {
    const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs'), 'standalone'], { encoding: 'utf8' })
    expect(built.stderr).toBe('')
    expect(built.status).toBe(0)
  }, 180_000)

  it('runs a simulated market and writes the report', () => {
    const reportFile = join(folder(), 'report.json')
    const flags = ['--duration', '10s', '--speed', 'max', '--seed', '3', '--report', reportFile]
    const { status, stdout, stderr } = start([...flags, ...common()])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report
    expect(report.events.trade).toBeGreaterThan(0)
    expect(report.run.seed).toBe(3)
    expect(stdout).toContain(report.hash as string)
  })

  it('shows what runs, as triplane_build_info', async () => {
    const varFolder = folder()
    const flags = ['--storage', 'off', '--ports', '0,0,0', '--var', varFolder]
    const child = spawn(process.execPath, [bundle, ...flags], { env: { ...process.env, TRIPLANE_VERSION: '0.0.0' } })
    await once(child.stdout, 'data')
    const { planes } = JSON.parse(readFileSync(join(varFolder, 'running.json'), 'utf8')) as {
      planes: Record<'data' | 'order' | 'strategy', string>
    }
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const { commit } = JSON.parse(readFileSync(join(bundle, '../inputs.json'), 'utf8')) as { commit: string }
    const head = spawnSync('git', ['-c', 'safe.directory=*', 'rev-parse', '--short=12', 'HEAD'], { cwd: root })
    expect(commit.replace(/-dirty$/, '')).toBe(head.status === 0 ? head.stdout.toString().trim() : 'unknown')
    for (const [plane, url] of Object.entries(planes)) {
      const text = await (await fetch(`${url}/metrics?families=core`)).text()
      const labels = `version="${version}",commit="${commit}",node="${process.version}",service="${plane}_plane"`
      expect(text).toContain(`triplane_build_info{${labels}} 1\n`)
    }
    child.kill('SIGINT')
    await once(child, 'exit')
  }, 180_000)

  it('shuts down gracefully on Ctrl-C and reports', async () => {
    const child = spawn(process.execPath, [bundle, ...common(), '--seed', '5'])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()))
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    expect(output).toContain('seed 5')
    expect(output).toContain('by state')
    const { status } = start(['--resume', '--duration', '1s', '--speed', 'max', ...common()])
    expect(status).toBe(0)
  }, 180_000)

  it('refuses to resume a run that was killed', async () => {
    const child = spawn(process.execPath, [bundle, ...common()])
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { status, stderr } = start(['--resume', ...common()])
    expect(stderr).toMatch(/^triplane: Expected a run that was stopped cleanly, found run \w+ that was not/)
    expect(status).toBe(1)
  }, 180_000)

  it('explains every flag', () => {
    const { status, stdout } = start(['--help'])
    expect(stdout).toContain('--capture <file>')
    expect(status).toBe(0)
  })

  it('reports everything that is wrong in one message, and exits with an error', () => {
    const file = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder(), name), content)
      return join(folder(), name)
    }
    const cases: readonly [string[], RegExp, Record<string, string>?][] = [
      [['--colour', 'red'], /unknown option '--colour'/],
      [['--capture', join(folder(), 'none.gz')], /none\.gz/],
      [['--capture', file('empty', '')], /empty/],
      [['--capture', file('text', 'hello\nworld\n')], /text/],
      [['--capture', file('cut.gz', gzipSync('1 {"e":1}\n').subarray(0, 20))], /cut\.gz/],
      [['--instruments', file('bad.json', '{"version":1,"instruments":[{"symbol":1}]}')], /bad\.json/],
      [
        ['--config', file('config.json', '{"order":{"risk":{"maxOrders":-1}},"colour":1}')],
        /order\.risk\.maxOrders[^]*colour/,
      ],
      [['--report', join(folder(), 'none', 'report.json')], /--report, .*: ENOENT/],
      [['--var', join(file('a-file', ''), 'var')], /--var, .*: ENOTDIR/],
      [[], /TRIPLANE_ORDER_RISK_MAX_ORDERS/, { TRIPLANE_ORDER_RISK_MAX_ORDERS: 'many' }],
    ]
    for (const [flags, message, environment] of cases) {
      const { status, stderr } = start([...common(), ...flags], environment)
      expect(stderr).toMatch(message)
      expect(stderr).toMatch(/^triplane: /)
      expect(stderr).not.toMatch(/^\s+at /m)
      expect(status).not.toBe(0)
    }
  }, 180_000)

  it('names a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const child = spawn(process.execPath, [bundle, '--storage', 'off', '--var', folder(), '--ports', `0,0,${port}`])
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => void (errors += chunk.toString()))
    const [code] = (await once(child, 'exit')) as [number]
    server.close()
    expect(errors).toContain(`Expected port ${port} on 127.0.0.1 to be free`)
    expect(errors).not.toMatch(/^\s+at /m)
    expect(code).toBe(1)
  }, 180_000)
})

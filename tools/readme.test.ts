import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { EXAMPLE_CAPTURE, exampleCapture } from './example-capture.ts'
import { LIVE_PICTURE } from './live-picture.ts'

jest.setTimeout(300_000)

const root = join(__dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const varFolder = mkdtempSync(join(tmpdir(), 'triplane-readme-'))
afterAll(() => rmSync(varFolder, { recursive: true, force: true }))

/** Every command of the README: the lines of its blocks, and the code in its sentences. */
const blocks = [...readme.matchAll(/^```\n(.*?)^```/gms)].flatMap(([, text = '']) => text.split('\n'))
const inline = [...readme.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
const commands = [...new Set([...blocks, ...inline].map((line) => line.replace(/ +#.*/, '').trim()))].filter((line) =>
  /^(npm|npx|docker|node|export|[A-Z_]+=\S+) /.test(line),
)
const starts = commands.filter((command) => /^npm start\b(?!.*--help)/.test(command))

/** The suite that runs each command that this one cannot: it needs servers, a stack or a person. */
const ranElsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm test$/, '.ci/run'],
  [/^npm run (bench|examples|scenarios|bench:stack|bench:freshness|bench:all|generate)\b/, 'package.json'],
  [/^npx triplane (positions|halt|resume|tune|audit verify|reconcile)/, 'apps/cli/test/running.int.test.ts'],
  [/^npx triplane state (export|import)/, 'apps/cli/test/state.int.test.ts'],
  [/^npx triplane halt \| reduce/, 'apps/cli/test/running.int.test.ts'],
  [/^npx triplane token create/, 'apps/cli/src/commands/token-commands.test.ts'],
  [/^npx triplane alerts (test|list)/, 'apps/cli/test/alerts.int.test.ts'],
  [/^(docker compose|export TRIPLANE_TOKEN=\$\(docker compose)/, 'tools/compose.int.test.ts'],
  [/^KAFKA_BROKERS=\S+ .*npx nx serve/, 'e2e/plane-process.ts'],
  [/^npx triplane run start/, 'apps/cli/src/commands/run-commands.test.ts'],
  [/^npx nx serve/, 'tools/nx-plugin.mjs'],
  [/^node dist\/apps\/standalone\/main\.js$/, '.ci/run'],
]

describe('the README', () => {
  it('has commands, and names nothing outside of the repository', () => {
    expect(starts.length).toBeGreaterThan(2)
    expect(readme).not.toMatch(/\.\.\/(?!\.)/)
  })

  it.each(commands.filter((command) => !command.startsWith('npm start')))('%s is run by a suite', (command) => {
    const [, suite = ''] = ranElsewhere.find(([pattern]) => pattern.test(command)) ?? []
    expect(suite).not.toBe('')
    expect(existsSync(join(root, suite))).toBe(true)
  })

  // In order, in one folder: a resumed run stopped before.
  it.each(starts)('%s', async (command) => {
    const bounded = command.includes('--capture') ? [] : ['--duration', '2s']
    const quiet = [...bounded, '--storage', 'off', '--ports', 'off', '--var', varFolder]
    const { code, output } = await run(['tools/start.mjs', ...command.split(' ').slice(3), ...quiet])
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^Run [0-9a-f]{8}: /m) as string })
  })

  it('npm start -- --help', async () => {
    expect(await run(['tools/start.mjs', '--help'])).toMatchObject({ code: 0 })
  })

  it('plays a capture made by `npm run examples`', () => {
    expect(gunzipSync(readFileSync(join(root, EXAMPLE_CAPTURE))).toString()).toBe(exampleCapture())
  })

  it('shows the live view, in less than 200 kB', () => {
    expect(readme).toContain(`](${LIVE_PICTURE})`)
    const picture = readFileSync(join(root, LIVE_PICTURE), 'utf8')
    expect(picture.length).toBeLessThan(200_000)
    expect(picture).toMatch(/>Triplane {2}\d{4}-.*Ctrl-C stops<.*>strategy .*>order /s)
  })
})

function run(argv: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

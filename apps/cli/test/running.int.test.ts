import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type RunningApp } from './running-app.ts'
import { triplane } from './triplane.ts'

jest.setTimeout(180_000)

const folder = mkdtempSync(join(tmpdir(), 'triplane-beside-'))
const beside = (...argv: string[]) => triplane(argv, { TRIPLANE_VAR: folder })

let app: RunningApp
beforeAll(async () => void (app = await startApp(folder, '--seed', '1')))
afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the command beside npm start, with nothing set', () => {
  it.each([
    ['positions', ['positions'], /^equity [\d.]+ USD/],
    ['orders', ['orders'], /^trading state {2}active\n/],
    ['kill switches', ['kill-switches'], /\nstale_data +no +0/],
    ['runs', ['run', 'list'], /^run +mode +started +ended\n[0-9a-f]{8} +simulation .* -\n$/],
    ['dead letters', ['dlq', 'list'], /^There is no dead letter\.\n$/],
  ])('shows %s', async (_, argv, output) => {
    expect(await beside(...argv)).toEqual({ code: 0, output: expect.stringMatching(output) as string, messages: '' })
  })

  it('halts, resumes, tunes, and verifies the audit of everything', async () => {
    const halted = await beside('halt', '--why', 'exercise', '--json')
    expect(halted).toMatchObject({ code: 0, messages: '' })
    expect((await beside('orders')).output).toMatch(/^trading state {2}halted\n/)
    expect(await beside('resume', '--why', 'done')).toMatchObject({ code: 0, messages: '' })
    expect((await beside('orders')).output).toMatch(/^trading state {2}active\n/)
    expect(await beside('tune', 'OFI', 'horizonMs=5000', '--why', 'fast flow')).toMatchObject({ code: 0, messages: '' })
    const verified = await beside('audit', 'verify')
    expect(verified).toMatchObject({ code: 0, messages: '' })
    expect(verified.output).toMatch(/^The audit is intact: 3 rows\.\n/)
  })
})

describe('reconcile beside npm start', () => {
  it('compares the database with both ledgers while they trade, and says that there is no broker', async () => {
    const told = await beside('reconcile')
    expect(told).toMatchObject({ code: 0, messages: '' })
    expect(told.output).toMatch(
      /^Run .*, 2 ledgers\.\nNot compared: topics: there is no broker\.\nAll tell the same\.\n$/,
    )
  })
})

describe('the command with nothing set and nothing running', () => {
  it.each([
    ['positions', 1, /was: ECONNREFUSED\. Start Triplane \(.*\), or set TRIPLANE_ORDER_PLANES\n$/],
    ['run list', 2, /^triplane: Expected KAFKA_BROKERS to name the brokers, .*\n$/],
    ['audit verify', 2, /^triplane: Expected the key of the audit in TRIPLANE_AUDIT_KEY .*\n$/],
  ])('%s prints one line that says what to set', async (command, code, messages) => {
    const environment = { TRIPLANE_ORDER_PLANES: command === 'positions' ? 'http://127.0.0.1:2' : '', KAFKA_PORT: '1' }
    const told = await triplane(command.split(' '), environment)
    expect(told).toMatchObject({ code, messages: expect.stringMatching(messages) as string })
  })
})

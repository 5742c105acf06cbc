import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OwnedDocument } from '@triplane/control'
import { startApp, type RunningApp } from './running-app.ts'
import { triplane } from './triplane.ts'

jest.setTimeout(180_000)

const folder = mkdtempSync(join(tmpdir(), 'triplane-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const before = join(folder, 'before.json')
const after = join(folder, 'after.json')
const beside = (...argv: string[]) => triplane(argv, { TRIPLANE_VAR: folder })

const written = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as OwnedDocument
const holdsSomething = ({ owned }: OwnedDocument) =>
  owned.positions.some(({ parts }) => parts.some(({ quantity }) => quantity !== '0'))

describe('an upgrade with open positions, beside npm start', () => {
  let app: RunningApp | undefined
  afterEach(() => app?.stop())

  it('exports what a halted run holds, and refuses while it trades', async () => {
    app = await startApp(folder, '--seed', '1', '--speed', '5')
    expect(await beside('state', 'export', '--out', before)).toMatchObject({
      code: 1,
      messages: expect.stringContaining('Expected trading to be halted, was active') as string,
    })
    // Repeats until a halt finds it with a position.
    for (;;) {
      expect(await beside('halt', '--why', 'upgrade')).toMatchObject({ code: 0 })
      const { code } = await beside('state', 'export', '--out', before)
      if (code === 0 && holdsSomething(written(before))) return
      expect(await beside('resume', '--why', 'not yet')).toMatchObject({ code: 0 })
    }
  })

  it('opens a new run with it, which stays halted until it is resumed', async () => {
    app = await startApp(folder, '--seed', '2', '--halted')
    const { owned, switches } = written(before)
    expect(await beside('state', 'import', before, '--why', 'upgrade')).toMatchObject({ code: 0, messages: '' })
    expect((await beside('orders')).output).toMatch(/^trading state {2}halted\norders +none\n/)
    // Once more, as after a lost answer: nothing further happens.
    expect(await beside('state', 'import', before, '--why', 'upgrade')).toMatchObject({ code: 0, messages: '' })

    expect(await beside('state', 'export', '--out', after)).toMatchObject({ code: 0, messages: '' })
    const again = written(after)
    expect(again.switches).toEqual(switches)
    expect(again.owned).toMatchObject({ startingCashUsd: owned.startingCashUsd, cash: owned.cash })
    expect(again.owned.positions.map(({ parts }) => parts)).toEqual(owned.positions.map(({ parts }) => parts))

    expect(await beside('resume', '--why', 'upgraded')).toMatchObject({ code: 0 })
    expect((await beside('orders')).output).toMatch(/^trading state {2}active\n/)
    expect((await beside('audit', 'verify')).output).toMatch(/^The audit is intact: /)
  })
})

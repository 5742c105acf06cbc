import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCrashNote } from './crash-note.ts'

jest.setTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'triplane-start-service-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the service of `test/a-service.ts`; each signal is sent when the line before it is there. */
async function run(
  behaviour: string,
  signals: readonly (readonly [line: string, signal: NodeJS.Signals])[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const state = join(folder, behaviour)
  const main = ['--import', require.resolve('tsx'), join(__dirname, '../../test/a-service.ts'), behaviour]
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, main, { env: { PATH, TRIPLANE_STATE_FOLDER: state, ...environment } })
  let output = ''
  let errors = ''
  const waiting = [...signals]
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString()
    const [next] = waiting
    if (!next || !output.includes(next[0])) return
    waiting.shift()
    child.kill(next[1])
  })
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const said = output.split('\n').filter((line) => line.startsWith('it '))
  return { code, said, output, errors, note: readCrashNote(state, 'a_service') }
}

describe('the process of a service', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly at %s, with 0', async (signal) => {
    const { code, said, note, output } = await run(`stops-${signal}`, [['it works', signal]])
    expect({ code, said, note }).toEqual({
      code: 0,
      said: ['it works', 'it has finished', 'it is closed'],
      note: undefined,
    })
    expect(output).toContain('"Stopped"')
  })

  it('ends at once at a second signal, with 130', async () => {
    const signals = [['it works', 'SIGTERM'] as const, ['it has finished', 'SIGINT'] as const]
    expect(await run('slow', signals)).toMatchObject({
      code: 130,
      said: ['it works', 'it has finished'],
      note: undefined,
    })
  })

  it('ends with 2 for settings that are wrong, and names them', async () => {
    const { code, errors, said } = await run('settings', [], { TRIPLANE_LOG_LEVEL: 'LOUD' })
    expect({ code, said }).toEqual({ code: 2, said: [] })
    expect(errors).toMatch(/^triplane: The configuration is not valid:\n {2}.*TRIPLANE_LOG_LEVEL.*"LOUD"/)
  })

  it('ends with 1 for a fault that it cannot live with, and leaves no note: nothing is wrong with it', async () => {
    const { code, note, output } = await run('fault')
    expect({ code, note }).toEqual({ code: 1, note: undefined })
    expect(output).toContain('Expected a server, was nobody there')
  })

  it.each([
    ['bug', 'TypeError: a bug'],
    ['unhandled', 'Error: nobody hears it'],
    ['thrown', 'TypeError: Cannot read properties of undefined'],
  ])('ends with 70 for a bug, and leaves a note for the next: %s', async (behaviour, error) => {
    const { code, note } = await run(behaviour)
    expect(code).toBe(70)
    expect(note?.error).toContain(error)
    expect(note?.atUs).toBeGreaterThan(1.7e15)
  })
})

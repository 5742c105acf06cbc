import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadStopped, markRunning, saveStopped } from './run-file.ts'

describe('run file', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-run-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it('gives back what an ordered stop kept', () => {
    markRunning(folder, 'r1')
    saveStopped(folder, { runId: 'r1', configDigest: 'd', state: { a: 1 } })
    expect(loadStopped(folder, 'd')).toMatchObject({ runId: 'r1', state: { a: 1 } })
  })

  it('refuses a run that was not stopped in order', () => {
    saveStopped(folder, { runId: 'r1', configDigest: 'd', state: 1 })
    markRunning(folder, 'r2')
    expect(() => loadStopped(folder, 'd')).toThrow(/r2 that was not: it crashed/)
  })

  it('refuses other settings', () => {
    saveStopped(folder, { runId: 'r1', configDigest: 'd', state: 1 })
    expect(() => loadStopped(folder, 'e')).toThrow(/Expected the settings that run r1/)
  })

  it('says that there is nothing to resume', () => {
    expect(() => loadStopped(join(folder, 'none'), 'd')).toThrow(/found none/)
    writeFileSync(join(folder, 'run.json'), '{"ver')
    expect(() => loadStopped(folder, 'd')).toThrow(/found something else/)
  })
})

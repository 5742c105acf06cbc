import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { announceSystem, findRunningSystem, type RunningSystem } from './running-system.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-running-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const system: RunningSystem = {
  pid: process.pid,
  planes: { data: 'http://127.0.0.1:8000', order: 'http://127.0.0.1:8001', strategy: 'http://127.0.0.1:8002' },
  databaseUrl: 'postgresql://triplane:secret@127.0.0.1:5555/triplane',
}

describe('the word of a running system', () => {
  it('is found while the process lives, by its owner only, until it is taken back', () => {
    const takeBack = announceSystem(folder, system)
    expect(findRunningSystem(folder)).toEqual(system)
    expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600)
    takeBack()
    expect(findRunningSystem(folder)).toBeUndefined()
  })

  it('says nothing once its process has died', () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    announceSystem(folder, { ...system, pid })
    expect(findRunningSystem(folder)).toBeUndefined()
  })

  it('is left alone by a system that came before', () => {
    const takeBack = announceSystem(folder, { ...system, pid: 1 })
    announceSystem(folder, system)
    takeBack()
    expect(findRunningSystem(folder)).toEqual(system)
  })

  it.each(['', '{', '{"pid":"x"}', JSON.stringify({ ...system, more: 1 })])('%j tells of no system', (text) => {
    writeFileSync(join(folder, 'running.json'), text)
    expect(findRunningSystem(folder)).toBeUndefined()
  })
})

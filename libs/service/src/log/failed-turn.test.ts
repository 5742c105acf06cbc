import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FailedTurn } from './failed-turn.ts'

describe('the turn at which a plane failed', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-failed-'))))
  afterEach(() => rmSync(folder, { recursive: true }))
  /** As each start does: a process of its own. */
  const failAt = (turn: number) => new FailedTurn(folder).note(turn, new Error('Invariant: cash adds up\nat ...'))
  const check = () => new FailedTurn(folder).check()

  it('lets a plane start again until it has failed twice at the same turn', () => {
    expect(check).not.toThrow()
    failAt(7)
    expect(check).not.toThrow()
    failAt(7)
    expect(check).toThrow(/has failed 2 times at turn 7: Invariant: cash adds up\. Start a new run/)
  })

  it('counts anew at another turn', () => {
    failAt(7)
    failAt(8)
    failAt(7)
    expect(check).not.toThrow()
  })

  it('does not hide the failure when it cannot be noted', () => {
    const file = join(folder, 'not-a-folder')
    writeFileSync(file, '')
    const failed = new FailedTurn(file)
    expect(() => failed.note(7, new Error('Invariant: cash adds up'))).not.toThrow()
    expect(() => failed.check()).not.toThrow()
  })

  it('lets it start again when the file is removed', () => {
    failAt(7)
    failAt(7)
    rmSync(join(folder, 'failed-turn.json'))
    expect(check).not.toThrow()
  })
})

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Snapshots } from './snapshots.ts'

describe('snapshots', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-snapshots-'))))
  afterEach(() => rmSync(folder, { recursive: true }))
  const open = () => new Snapshots<{ readonly cash: string }>(folder)
  const save = (afterTurn: number, cash: string) => open().save(afterTurn, JSON.stringify({ cash }))

  it('keeps the newest only', async () => {
    expect(open().newest()).toBeUndefined()
    await save(9, 'one')
    await save(10, 'two')
    expect(open().newest()).toEqual({ afterTurn: 10, state: { cash: 'two' } })
    expect(readdirSync(folder)).toEqual(['snapshot-10.json'])
  })

  it('passes over one that is damaged', async () => {
    await save(9, 'one')
    const text = readFileSync(join(folder, 'snapshot-9.json'), 'utf8')
    writeFileSync(join(folder, 'snapshot-10.json'), text.replace('one', 'two'))
    expect(open().newest()).toEqual({ afterTurn: 9, state: { cash: 'one' } })
  })

  it('leaves the one that stands when the next cannot be written', async () => {
    await save(9, 'one')
    mkdirSync(join(folder, 'snapshot-10.json.new'))
    await expect(save(10, 'two')).rejects.toThrow('EISDIR')
    expect(open().newest()).toEqual({ afterTurn: 9, state: { cash: 'one' } })
  })
})

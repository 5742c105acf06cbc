import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { field, stateSchema } from '@triplane/contracts'
import { checkedLine, systemDisk } from '@triplane/storage'
import { Snapshots } from './snapshots.ts'
import { createStateCodec } from './state-codec.ts'

const codecOf = (configurationDigest: string) =>
  createStateCodec(stateSchema({ cash: field.text }), { configurationDigest, commit: 'c1' })

describe('snapshots', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-snapshots-'))))
  afterEach(() => rmSync(folder, { recursive: true }))
  const open = (configurationDigest = 'one') => new Snapshots(folder, codecOf(configurationDigest))
  const save = (afterTurn: number, cash: string) => open().save(afterTurn, open().encode({ cash }))

  it('keeps the newest only', async () => {
    expect(open().newest()).toBeUndefined()
    await save(9, 'one')
    await save(10, 'two')
    expect(open().newest()).toEqual({ afterTurn: 10, state: { cash: 'two' } })
    expect(readdirSync(folder)).toEqual(['snapshot-10.json'])
  })

  it('passes over one that is damaged, and says so', async () => {
    await save(9, 'one')
    const text = readFileSync(join(folder, 'snapshot-9.json'), 'utf8')
    writeFileSync(join(folder, 'snapshot-10.json'), text.replace('one', 'two'))
    const said: string[] = []
    expect(open().newest((notice) => said.push(notice))).toEqual({ afterTurn: 9, state: { cash: 'one' } })
    expect(said).toEqual(['Snapshot snapshot-10.json is damaged and skipped'])
  })

  it('holds the plane when a whole one does not fit, though an older one would', async () => {
    await save(9, 'one')
    const text = open().encode({ cash: 'two' }).replace('"cash"', '"money"')
    writeFileSync(join(folder, 'snapshot-10.json'), checkedLine(text))
    expect(() => open().newest()).toThrow(
      expect.objectContaining({
        code: 'suspended',
        message: expect.stringMatching(
          /snapshot-10\.json: Expected the field \/state\/cash, was nothing\. Start a new run\..* triplane halt, triplane state export;/,
        ),
      }),
    )
  })

  it('holds the plane when a build with other state saved it, and names the way to take along what is held', async () => {
    await save(9, 'one')
    const other = createStateCodec(stateSchema({ cash: field.text, margin: field.text }), {
      configurationDigest: 'one',
      commit: 'c',
    })
    expect(() => new Snapshots(folder, other).newest()).toThrow(
      expect.objectContaining({
        code: 'suspended',
        message: expect.stringContaining('triplane halt, triplane state export'),
      }),
    )
  })

  it('takes one of another configuration, and says so', async () => {
    await save(9, 'one')
    const said: string[] = []
    expect(open('two').newest((notice) => said.push(notice))?.state).toEqual({ cash: 'one' })
    expect(said).toEqual(['Snapshot snapshot-9.json: It was saved under another configuration'])
  })

  it.each(['sync', 'syncFolder'] as const)(
    'keeps the older one while the new one may not be on the disk: %s fails',
    async (step) => {
      await save(9, 'one')
      const disk = { ...systemDisk, [step]: () => Promise.reject(new Error('EIO')) }
      const failing = new Snapshots(folder, codecOf('one'), disk)
      await expect(failing.save(10, open().encode({ cash: 'two' }))).rejects.toThrow('EIO')
      expect(readdirSync(folder)).toContain('snapshot-9.json')
    },
  )

  it('leaves the one that stands when the next cannot be written', async () => {
    await save(9, 'one')
    mkdirSync(join(folder, 'snapshot-10.json.new'))
    await expect(save(10, 'two')).rejects.toThrow('EISDIR')
    expect(open().newest()).toEqual({ afterTurn: 9, state: { cash: 'one' } })
  })
})

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anOperatorCommand } from '@triplane/testing'
import { checkedLine, checkedRecord, scanRecords, systemDisk, type Disk } from '@triplane/storage'
import { InputLog } from './input-log.ts'
import type { LoggedTurn } from './turn.ts'

describe('the input log', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-log-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const open = (configDigest = 'one', disk?: Disk) =>
    new InputLog(folder, { runId: 'r', plane: 'p', configDigest, commit: 'none' }, disk)
  const turn = (number: number): LoggedTurn => ({
    turn: number,
    ranges: [{ topic: 'market.events.v2', partition: 0, lastOffset: 10 * number, count: 3 }],
    injected: [],
  })
  const pathOf = (afterTurn: number) => join(folder, `input-${afterTurn}.log`)
  /** Turns `from` to `to` in the segment behind `from - 1`. */
  async function write(from: number, to: number): Promise<void> {
    const log = open()
    log.begin(from - 1)
    for (let number = from; number <= to; number++) log.append(turn(number))
    await log.close()
  }
  const readAfter = (afterTurn: number, configDigest?: string) =>
    open(configDigest)
      .turnsAfter(afterTurn)
      .map(({ turn: number }) => number)

  it('gives back what was appended, whole', async () => {
    const log = open()
    log.begin(0)
    const turns: LoggedTurn[] = [
      turn(1),
      { turn: 2, ranges: [], injected: [{ producer: 'ada', event: anOperatorCommand() }] },
      { ...turn(3), tickUs: 1_723_127_400_000_000 },
      { ...turn(4), holdUs: 1_723_127_400_000_000 },
    ]
    for (const each of turns) log.append(each)
    await log.close()
    expect(open().turnsAfter(0)).toEqual(turns)
  })

  it('goes over segments, from any snapshot on', async () => {
    await write(1, 3)
    await write(4, 5)
    expect(readAfter(0)).toEqual([1, 2, 3, 4, 5])
    expect(readAfter(3)).toEqual([4, 5])
    expect(readAfter(5)).toEqual([])
  })

  it.each([1, 10, 30])(
    'leaves out a last record of which %i bytes were written, in whichever segment',
    async (bytes) => {
      await write(1, 3)
      const last = checkedRecord(scanRecords(readFileSync(pathOf(0)))[3] as Buffer)
      appendFileSync(pathOf(0), last.subarray(0, bytes))
      expect(readAfter(0)).toEqual([1, 2, 3])
      // The process went on in a segment of its own.
      await write(4, 5)
      expect(readAfter(0)).toEqual([1, 2, 3, 4, 5])
    },
  )

  it('takes a turn from the segment that was begun for it, when it is in the one before too', async () => {
    await write(1, 3)
    await write(3, 4)
    expect(readAfter(0)).toEqual([1, 2, 3, 4])
  })

  it('refuses a record that is damaged before the last, whichever of its bytes', async () => {
    await write(1, 3)
    const bytes = readFileSync(pathOf(0))
    const start = bytes.indexOf('TPR', 1)
    for (let at = start; at < bytes.indexOf('TPR', start + 1); at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (bytes[at] as number) ^ 1
      writeFileSync(pathOf(0), damaged)
      expect(() => readAfter(0)).toThrow(
        expect.objectContaining({
          code: 'broken',
          message: 'Expected whole records in input-0.log, was record 2 damaged',
        }),
      )
    }
  })

  it('refuses a whole record that is no turn', async () => {
    await write(1, 3)
    appendFileSync(pathOf(0), checkedRecord(Buffer.from('[4,[]]')))
    expect(() => readAfter(0)).toThrow(
      expect.objectContaining({
        code: 'broken',
        message: expect.stringMatching(/^Expected a turn in record 5 of input-0.log: Expected a record/) as string,
      }),
    )
  })

  it('refuses a hole: a segment is gone', async () => {
    await write(1, 3)
    await write(4, 5)
    await write(6, 7)
    rmSync(pathOf(3))
    expect(() => readAfter(0)).toThrow(
      expect.objectContaining({ code: 'broken', message: 'Expected turn 4 in the input log, was 6' }),
    )
  })

  describe('of version 2, in lines', () => {
    const header = checkedLine(JSON.stringify({ version: 2, runId: 'r', plane: 'p', configDigest: 'one' }))

    it('refuses its turns: a build of that version does them again', () => {
      writeFileSync(pathOf(0), `${header}${checkedLine('[1,[["market.events.v2",0,10,3]]]')}`)
      expect(() => readAfter(0)).toThrow(
        expect.objectContaining({
          code: 'other_version',
          message: expect.stringContaining('Expected an input log of version 3, was 2') as string,
        }),
      )
      writeFileSync(pathOf(0), `${header.replace('one', 'two')}${checkedLine('[1,[]]')}`)
      expect(() => readAfter(0)).toThrow(expect.objectContaining({ code: 'broken' }))
    })

    it('takes one without turns, which a clean stop leaves', () => {
      writeFileSync(pathOf(0), header)
      expect(readAfter(0)).toEqual([])
    })
  })

  it('refuses turns of another configuration, and does not mind an empty segment of one', async () => {
    await write(1, 3)
    expect(() => readAfter(0, 'two')).toThrow(expect.objectContaining({ code: 'other_config' }))
    expect(readAfter(3, 'two')).toEqual([])
    const next = open()
    next.begin(3)
    await next.close()
    expect(readAfter(3, 'two')).toEqual([])
  })

  it('drops the segments before a snapshot', async () => {
    await write(1, 3)
    await write(4, 5)
    open().dropBefore(3)
    expect(readdirSync(folder)).toEqual(['input-3.log'])
    expect(readAfter(3)).toEqual([4, 5])
  })

  it('says that it cannot be written, is closed then, and goes on with the next segment', async () => {
    symlinkSync('/dev/full', pathOf(0))
    const log = open()
    expect(() => log.begin(0)).toThrow(expect.objectContaining({ code: 'unwritable' }))
    expect(log.isOpen).toBe(false)
    expect(() => log.append(turn(1))).toThrow(expect.objectContaining({ code: 'unwritable' }))
    rmSync(pathOf(0))
    log.begin(0)
    log.append(turn(1))
    await log.close()
    expect(readAfter(0)).toEqual([1])
  })

  it.each(['file', 'folder'] as const)(
    'takes nothing any more and syncs nothing again after a sync of its %s that failed',
    async (what) => {
      const tried: string[] = []
      const fail = (it: string) => {
        tried.push(it)
        return it === what ? Promise.reject(new Error('EIO')) : Promise.resolve()
      }
      const log = open('one', { sync: () => fail('file'), syncFolder: () => fail('folder') })
      log.begin(0)
      if (what === 'file') log.append(turn(1))
      const written = readFileSync(pathOf(0), 'utf8')
      while (log.fault === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
      const fault = expect.objectContaining({
        code: 'unsynced',
        retryable: false,
        message: `Cannot sync the input log in ${folder}: EIO`,
      })
      expect(log.fault).toEqual(fault)
      expect(log.isOpen).toBe(false)
      expect(() => log.append(turn(2))).toThrow(fault)
      expect(() => log.begin(2)).toThrow(fault)
      await expect(log.close()).rejects.toEqual(fault)
      expect(readFileSync(pathOf(0), 'utf8')).toBe(written)
      expect(readdirSync(folder)).toEqual(['input-0.log'])
      expect(tried).toEqual(what === 'file' ? ['folder', 'file'] : ['folder'])
    },
  )

  it('says so when its last sync fails, at the close', async () => {
    const log = open('one', { ...systemDisk, sync: () => Promise.reject(new Error('EIO')) })
    log.begin(0)
    log.append(turn(1))
    await expect(log.close()).rejects.toMatchObject({ code: 'unsynced' })
  })
})

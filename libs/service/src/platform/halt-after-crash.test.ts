import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextTurn } from '@triplane/async'
import type { Event } from '@triplane/contracts'
import { loggedLines } from '../../test/logged-lines.ts'
import { leaveCrashNote, readCrashNote } from '../lifecycle/crash-note.ts'
import { haltAfterCrash } from './halt-after-crash.ts'

describe('after a crash', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-crash-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Starts the service after one that left the note, if there is any; `flush` is what becomes of what it says. */
  function start(flush: Promise<void>) {
    const { logger, lines } = loggedLines()
    const said: Event[] = []
    const edge = { nextSeq: () => 7, control: (event: Event) => said.push(event), flushed: () => flush }
    haltAfterCrash({ state: { folder, snapshotEveryMs: 1000 } }, 'strategy_plane', {
      edge: edge as unknown as Parameters<typeof haltAfterCrash>[2]['edge'],
      logger,
    })
    return { said, lines, note: () => readCrashNote(folder, 'strategy_plane') }
  }

  it('a halt is ordered with what went wrong; the note goes once the bus has the order', async () => {
    leaveCrashNote(folder, 'strategy_plane', { atUs: 1, error: 'TypeError: x is undefined\n    at y' })
    let flushed: () => void = () => undefined
    const { said, lines, note } = start(new Promise((resolve) => (flushed = resolve)))
    expect(said).toMatchObject([
      {
        type: 'operatorCommand',
        command: 'halt',
        seq: 7,
        who: 'strategy_plane',
        why: 'crashed: TypeError: x is undefined',
      },
    ])
    expect(lines).toMatchObject([{ level: 'CRITICAL' }])
    await nextTurn()
    expect(note()).toBeDefined()
    flushed()
    await nextTurn()
    expect(note()).toBeUndefined()
  })

  it('the note stays when the order did not reach the bus, so that the next start orders it again', async () => {
    leaveCrashNote(folder, 'strategy_plane', { atUs: 1, error: 'TypeError' })
    const { lines, note } = start(Promise.reject(new Error('closed')))
    await nextTurn()
    expect(note()).toMatchObject({ error: 'TypeError' })
    expect(lines.at(-1)).toMatchObject({ level: 'WARNING', message: expect.stringContaining('orders it again') })
    expect(start(Promise.resolve()).said).toHaveLength(1)
    await nextTurn()
  })

  it('of another service nothing is ordered, nor after a clean end', () => {
    leaveCrashNote(folder, 'data_plane', { atUs: 1, error: 'TypeError' })
    const { said, lines } = start(Promise.resolve())
    expect([said, lines]).toEqual([[], []])
  })
})

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CopyReport } from '@triplane/storage'
import { CliWorld } from '../../test/cli-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'triplane-cli-'))
const target = 'postgres://triplane:secret@db/triplane'
const complete: CopyReport = {
  isComplete: true,
  tables: [{ table: 'trades', sourceRows: 12_000, newRows: 2000, isEqual: true }],
}

let world: CliWorld
beforeEach(() => {
  world = new CliWorld()
  world.environment = { DATABASE_URL: target }
})

describe('storage copy', () => {
  it('copies the embedded database to the server, and closes both', async () => {
    world.copy = async () => complete
    expect(await world.run('storage', 'copy', '--from', folder)).toBe(0)
    expect(world.opened).toEqual([{ folder }, { url: target }])
    expect(world.closed).toEqual([{ url: target }, { folder }])
    expect(world.output).toMatchInlineSnapshot(`
      "table    rows  copied now
      trades  12000        2000  all there
      Everything is there.
      "
    `)
    expect((await world.json('storage', 'copy', '--from', folder)).value).toEqual(complete)
    expect(world.messages).toBe('')
  })

  it('copies from server to server, and verifies the audit under its key', async () => {
    world.environment = { TRIPLANE_AUDIT_KEY: 'ab'.repeat(32) }
    world.copy = async ({ auditKey }) => {
      expect(auditKey).toEqual(Buffer.alloc(32, 0xab))
      return { ...complete, audit: { isIntact: true, rows: 4, problems: [] } }
    }
    expect(await world.run('storage', 'copy', '--from', 'postgres://old/triplane', '--to', target)).toBe(0)
    expect(world.opened).toEqual([{ url: 'postgres://old/triplane' }, { url: target }])
    expect(world.output).toContain('The audit at the target is intact, 4 rows.\n')
  })

  it('shows its progress on a terminal', async () => {
    world.isTTY = true
    world.copy = async ({ onProgress }) => {
      onProgress?.({ table: 'trades', tableNumber: 2, tables: 14, rows: 3000, totalRows: 12_000 })
      return complete
    }
    await world.run('storage', 'copy', '--from', folder)
    const line = '[######..................]  25 %  trades (2 of 14): 3,000 of 12,000 rows'
    expect(world.messages).toBe(`\r${line}\r${' '.repeat(line.length)}\r`)
  })

  it('fails when rows are missing from the copy', async () => {
    const refused = { table: 'audit_log', sourceRows: 3, newRows: 0, isEqual: false, refused: 'another chain' }
    world.copy = async () => ({ isComplete: false, tables: [refused] })
    expect(await world.run('storage', 'copy', '--from', folder)).toBe(1)
    expect(world.output).toContain('refused: another chain\nThe copy is incomplete.')
  })

  it('can be interrupted', async () => {
    world.copy = async ({ signal }) => {
      world.interrupt()
      signal?.throwIfAborted()
      return complete
    }
    expect(await world.run('storage', 'copy', '--from', folder)).toBe(1)
    expect(world.messages).toBe('triplane: Interrupted. The next copy continues from here.\n')
    expect(world.closed).toHaveLength(2)
  })

  it.each([
    ['no folder', ['--from', '/nowhere'], 'Expected an embedded database in /nowhere, found none. See --from'],
    ['no server', ['--from', folder], 'Expected DATABASE_URL to name the database, found nothing'],
  ])('%s is exit code 2', async (_, flags, message) => {
    world.environment = message.startsWith('Expected DATABASE') ? {} : world.environment
    expect(await world.run('storage', 'copy', ...flags)).toBe(2)
    expect(world.messages).toContain(message)
    expect(world.opened).toEqual([])
  })
})

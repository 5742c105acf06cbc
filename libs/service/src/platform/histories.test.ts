import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeConfig } from '@triplane/config'
import { systemClock } from '@triplane/kernel'
import { aFill, aHeartbeat, aRun } from '@triplane/testing'
import { loggedLines } from '../../test/logged-lines.ts'
import { loadServiceConfig, planeSections } from '../service-config.ts'
import { openHistories, type Histories } from './histories.ts'

/** A port at which nobody listens. */
const NOBODY = 'postgres://nobody@127.0.0.1:1/triplane'

describe('the history of a plane', () => {
  let folder: string
  const opened: Histories[] = []
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-histories-'))))
  afterEach(async () => {
    for (const histories of opened.splice(0)) await histories.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function open(environment: Readonly<Record<string, string>> = { DATABASE_URL: NOBODY }, name = 'order-plane') {
    const { logger, lines } = loggedLines()
    const lost: string[] = []
    const lose = (what: string) => (type: string, rows: number) => void lost.push(`${rows} ${type} ${what}`)
    const histories = openHistories({
      config: loadServiceConfig(composeConfig(planeSections(0)), { TRIPLANE_STATE_FOLDER: folder, ...environment }),
      name,
      observe: () => ({
        stored: () => undefined,
        failed: lose('failed'),
        dropped: lose('dropped'),
      }),
      isKeeper: true,
      logger,
      clock: systemClock,
    })
    if (histories) opened.push(histories)
    return { histories, lines, lost }
  }
  const fills = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => aFill({ seq: from + i, fillId: `fill-${from + i}` }))

  it('is none where no database is named, and the log says so', () => {
    const { histories, lines } = open({})
    expect(histories).toBeUndefined()
    expect(lines).toMatchObject([{ level: 'INFO', message: expect.stringContaining('history is not stored') }])
  })

  it('is not healthy while its database is away, says why, and keeps what is written on the disk', async () => {
    const { histories, lines, lost } = open()
    const history = histories?.open(aRun())
    expect(histories?.health()).toMatchObject({ isHealthy: false, spilledBytes: 0 })
    history?.write('order-plane', fills(1, 3))
    await history?.settled()
    const health = histories?.health()
    expect(health).toMatchObject({ isHealthy: false, fault: { code: 'unavailable' } })
    expect(health?.spilledBytes).toBeGreaterThan(100)
    expect(lost).toEqual([])
    expect(lines[0]).toMatchObject({ level: 'WARNING', message: 'The database is down; history waits' })
    await history?.close()
  })

  it('takes what is history only', async () => {
    const { histories } = open()
    const history = histories?.open(aRun())
    history?.write('order-plane.edge', [aHeartbeat()])
    await history?.settled()
    expect(histories?.health()).toMatchObject({ spilledBytes: 0 })
    await history?.close()
  })

  it('finds what the run, or the process, before it left on the disk; that of another service is not its own', async () => {
    const first = open()
    const run1 = first.histories?.open(aRun({ runId: 'run00001' }))
    run1?.write('order-plane', fills(1, 3))
    await run1?.settled()
    const bytes = first.histories?.health().spilledBytes as number
    await run1?.close()
    const run2 = first.histories?.open(aRun({ runId: 'run00002' }))
    expect(first.histories?.health().spilledBytes).toBe(bytes)
    await run2?.close()
    await first.histories?.close()

    const other = open(undefined, 'data-plane')
    const ofOther = other.histories?.open(aRun())
    expect(other.histories?.health().spilledBytes).toBe(0)
    await ofOther?.close()
    const second = open()
    const again = second.histories?.open(aRun({ runId: 'run00002' }))
    expect(second.histories?.health().spilledBytes).toBe(bytes)
    await again?.close()
  })

  it('counts what neither the database nor the disk takes', async () => {
    const { histories, lost } = open({ DATABASE_URL: NOBODY, TRIPLANE_STORAGE_MAX_SPILLED_BYTES: '1000000' })
    const history = histories?.open(aRun())
    for (let i = 0; i < 10; i++) {
      history?.write('order-plane', fills(i * 1000, 1000))
      await history?.settled()
    }
    await history?.close()
    const rows = lost.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0)
    expect(rows).toBeGreaterThan(1000)
    expect(rows).toBeLessThan(10_000)
    expect(new Set(lost.map((line) => line.replace(/^\d+ /, '')))).toEqual(new Set(['fill dropped']))
    expect(histories?.health().spilledBytes).toBeLessThanOrEqual(1_000_000)
  })

  it('may be closed while its database is away', async () => {
    const { histories, lines } = open()
    const history = histories?.open(aRun())
    await history?.close()
    await histories?.close()
    expect(lines.filter(({ message }) => message.includes('table of runs'))).toMatchObject([{ level: 'WARNING' }])
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeConfig } from '@triplane/config'
import { systemClock } from '@triplane/kernel'
import { openDatabase, listRuns, type Database } from '@triplane/storage'
import { aFill, aRun } from '@triplane/testing'
import { aFolder, describeWithPostgres, removeFolders } from '../../storage/test/postgres-suite.ts'
import { openHistories } from '../src/platform/histories.ts'
import { loadServiceConfig, planeSections } from '../src/service-config.ts'
import { loggedLines } from './logged-lines.ts'

describeWithPostgres('the history of planes in a database', () => {
  let root: string
  let database: Database
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'triplane-service-histories-'))
    database = await openDatabase({ embedded: { folder: aFolder() } })
  }, 120_000)
  afterAll(async () => {
    await database.close()
    removeFolders()
    rmSync(root, { recursive: true, force: true })
  })

  function open(name: string, isKeeper: boolean, url: string) {
    const { logger, lines } = loggedLines()
    const config = loadServiceConfig(composeConfig(planeSections(0)), {
      TRIPLANE_STATE_FOLDER: join(root, 'state'),
      DATABASE_URL: url,
    })
    const observer = { stored: () => undefined, failed: () => undefined, dropped: () => undefined }
    const histories = openHistories({ config, name, observe: () => observer, isKeeper, logger, clock: systemClock })
    if (!histories) throw new Error('Expected a history, was none')
    return { histories, lines }
  }
  const fillsOf = async (runId: string) => {
    const { rows } = await database.pool.query('select count(*)::int as fills from fills where run_id = $1', [runId])
    return (rows as { fills: number }[])[0]?.fills
  }

  it('holds what was written while it was away, and the run where the keeper has it', async () => {
    const away = open('order-plane', false, 'postgres://nobody@127.0.0.1:1/triplane')
    const before = away.histories.open(aRun({ runId: 'run00001' }))
    before.write('order-plane', [aFill({ seq: 1, fillId: 'a' }), aFill({ seq: 2, fillId: 'b' })])
    await before.close()
    await away.histories.close()

    const back = open('order-plane', false, database.url)
    await back.histories.database.ready
    const after = back.histories.open(aRun({ runId: 'run00002' }))
    after.write('order-plane', [aFill({ seq: 1, fillId: 'c' })])
    while ((await fillsOf('run00001')) !== 2) await new Promise((resolve) => setTimeout(resolve, 20))
    // Its rows are there a moment before their file is gone, and before what waited behind them is.
    while (back.histories.health().spilledBytes !== 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await after.settled()
    await after.close()
    expect(await fillsOf('run00002')).toBe(1)
    expect(back.histories.health()).toMatchObject({ isHealthy: true, spilledBytes: 0 })
    expect(await listRuns(database.pool, 9)).toEqual([])
    await back.histories.close()

    const keeper = open('data-plane', true, database.url)
    const kept = keeper.histories.open(aRun({ runId: 'run00002', mode: 'live', venues: ['sim'] }))
    while ((await listRuns(database.pool, 9)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await listRuns(database.pool, 9)).toMatchObject([{ runId: 'run00002', mode: 'live' }])
    await kept.close()
    await keeper.histories.close()
    expect(keeper.lines.filter(({ level }) => level !== 'INFO')).toEqual([])
  })
})

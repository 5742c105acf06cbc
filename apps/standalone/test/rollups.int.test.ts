import { join } from 'node:path'
import { dataFolder, describeWithData } from '@triplane/testing'
import { openDatabase, RollupJob } from '@triplane/storage'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const columns = 'time, symbol, exchange, timeframe, open, high, low, close, volume, quote_volume, buy_volume, trades'

/** Replays, then compares every bar that the data plane closed with the rollup of the stored trades. */
async function barsOf(flags: readonly string[], varFolder: string) {
  const { run } = await runStandalone([...flags, '--speed', 'max', '--storage', 'on'], varFolder)
  const database = await openDatabase({ embedded: { folder: join(varFolder, 'postgres') } })
  try {
    await new RollupJob(database.pool).pass()
    const closed = `select ${columns.replace('trades', 'trades::int')} from dashboard_candles
      where run_id = $1 and origin = 'trades' order by timeframe, symbol, time`
    const rolledUp = `select ${columns.replace('trades', 'trades::int')} from dashboard_bars
      where run_id = $1 and (time, symbol, timeframe) in (select time, symbol, timeframe from dashboard_candles where run_id = $1)
      order by timeframe, symbol, time`
    const read = async (sql: string) => (await database.pool.query<{ timeframe: string }>(sql, [run.id])).rows
    return { closed: await read(closed), rolledUp: await read(rolledUp) }
  } finally {
    await database.close()
  }
}

describe('the bars of a simulated market', () => {
  const varFolder = temporaryFolder()

  it("equal the database's rollups of its trades, to the last digit", async () => {
    const simulated = ['--seed', '11', '--start-time', '2024-08-08T14:29Z', '--duration', '140s']
    const { closed, rolledUp } = await barsOf(simulated, varFolder())
    expect(new Set(closed.map(({ timeframe }) => timeframe))).toEqual(new Set(['1m', '5m', '15m']))
    expect(rolledUp).toEqual(closed)
  }, 120_000)
})

describeWithData('the bars of a recorded market', () => {
  const varFolder = temporaryFolder()

  it("equal the database's rollups of its trades, to the last digit", async () => {
    const capture = join(dataFolder() ?? '', 'binance_ws_20240808/usdm_btcusdt_20240808.gz')
    const { closed, rolledUp } = await barsOf(['--capture', capture, '--duration', '150s'], varFolder())
    expect(closed.length).toBeGreaterThanOrEqual(3)
    expect(rolledUp).toEqual(closed)
  }, 120_000)
})

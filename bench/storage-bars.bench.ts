// A day of bars, 1m to 1d: from the rollups, and by plain SQL from the trades themselves.
import { timeframes, type Timeframe } from '@triplane/contracts'
import { HistoryStore, queryBars, RollupJob, type Database } from '@triplane/storage'
import { print, runBench } from './harness.ts'
import { aDayOfTrades, benchDay, benchPool, withDatabase } from './storage-server.ts'

const TRADES = 500_000
const runId = 'bench'
const symbol = 'BTC/USDT:USDT'
const intervals: Readonly<Record<Timeframe, string>> = {
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '1d': '1 day',
}

/** The totals of the bars; each way adds doubles in another order. */
interface Totals {
  readonly bars: number
  readonly trades: number
  readonly volume: string
}
const expected: Totals = { bars: 1440 + 288 + 96 + 24 + 1, trades: 5 * TRADES, volume: volumeOfTrades() }

await withDatabase(prepare, () =>
  runBench({
    title: `A day of ${timeframes.join(', ')} bars of ${TRADES} trades, embedded Postgres`,
    items: expected.bars,
    item: 'bar',
    contenders: [
      { name: 'rollups', prepare: async () => readRollups },
      { name: 'raw trades', prepare: async () => readTrades },
    ],
    expected,
    goals: [{ than: 'raw trades', timesFaster: 10 }],
  }),
)

async function prepare({ pool }: Database): Promise<void> {
  const store = new HistoryStore({ pool, runId, overflow: 'wait', maxBufferedRows: TRADES })
  store.write('bench', aDayOfTrades(TRADES))
  await store.close()
  await pool.query('analyze')
  const start = performance.now()
  const pass = await new RollupJob(pool).pass()
  const ms = performance.now() - start
  print(`\nRolling up ${TRADES} trades into ${pass?.minutes} minutes and what is made of them`)
  print(`  ${ms.toFixed(0)} ms, ${((ms * 1000) / TRADES).toFixed(1)} us/trade`)
  await pool.query('analyze')
}

const pool = { current: undefined as ReturnType<typeof benchPool> | undefined }

async function readRollups(): Promise<Totals> {
  const totals = { bars: 0, trades: 0, volume: 0 }
  for (const timeframe of timeframes) {
    const bars = await queryBars((pool.current ??= benchPool()), { runId, symbol, timeframe, ...benchDay })
    addBars(totals, bars)
  }
  return { ...totals, volume: totals.volume.toFixed(3) }
}

async function readTrades(): Promise<Totals> {
  const totals = { bars: 0, trades: 0, volume: 0 }
  const values = [runId, symbol, new Date(benchDay.fromUs / 1000), new Date(benchDay.toUs / 1000)]
  for (const timeframe of timeframes) {
    const sql = `select date_bin('${intervals[timeframe]}', event_time, 'epoch') as time,
        (array_agg(price order by seq))[1] as open, max(price) as high, min(price) as low,
        (array_agg(price order by seq desc))[1] as close, sum(size) as volume, sum(price * size) as quote_volume,
        sum(size) filter (where aggressor = 'buy') as buy_volume, count(*)::integer as trades
      from trades where run_id = $1 and symbol = $2 and event_time >= $3 and event_time < $4 group by 1 order by 1`
    const { rows } = await (pool.current ??= benchPool()).query<{ trades: number; volume: number }>(sql, values)
    addBars(totals, rows)
  }
  return { ...totals, volume: totals.volume.toFixed(3) }
}

function addBars(
  totals: { bars: number; trades: number; volume: number },
  bars: readonly { readonly trades: number; readonly volume: number }[],
): void {
  totals.bars += bars.length
  for (const { trades, volume } of bars) {
    totals.trades += trades
    totals.volume += volume
  }
}

function volumeOfTrades(): string {
  const thousandths = aDayOfTrades(TRADES).reduce((sum, { size }) => sum + Math.round(size * 1000), 0)
  return ((timeframes.length * thousandths) / 1000).toFixed(3)
}

// History into the embedded Postgres, refusing rows that exist: the history store (COPY into a stage, then insert the new rows)
// and multi-row INSERT ... ON CONFLICT DO NOTHING, into the same partitioned table with the same triggers.
import { symbolOf, type Trade, venueOf } from '@triplane/contracts'
import { HistoryStore } from '@triplane/storage'
import { runBench } from './harness.ts'
import { aDayOfTrades, benchPool, withDatabase } from './storage-server.ts'

const NEW_ROWS = 50_000
const KNOWN_ROWS = 5000
/** Rows of a transaction, for both. */
const BATCH = 10_000
/** Rows of an INSERT; 200 and 4000 perform the same. */
const STATEMENT = 1000

const trades = aDayOfTrades(NEW_ROWS)
const written = [...trades, ...trades.slice(0, KNOWN_ROWS)]
let runs = 0
const newRun = () => `${process.pid}-${++runs}`

await withDatabase(
  async () => undefined,
  () =>
    runBench({
      title: `History into the embedded Postgres: ${NEW_ROWS} new trades, ${KNOWN_ROWS} known ones refused`,
      items: written.length,
      item: 'row',
      contenders: [
        { name: 'history store', prepare: async () => storeTrades },
        { name: 'multi-row INSERT', prepare: async () => insertTrades },
      ],
      expected: { written: NEW_ROWS, known: KNOWN_ROWS },
      goals: [{ than: 'multi-row INSERT', timesFaster: 2 }],
    }),
)

const pool = { current: undefined as ReturnType<typeof benchPool> | undefined }

async function storeTrades() {
  const store = new HistoryStore({
    pool: (pool.current ??= benchPool()),
    runId: newRun(),
    overflow: 'wait',
    maxBatchRows: BATCH,
    maxBufferedRows: written.length,
  })
  store.write('bench', written)
  await store.close()
  const counts = store.counts().trade
  return { written: counts?.written, known: counts?.known }
}

async function insertTrades() {
  const runId = newRun()
  const client = await (pool.current ??= benchPool()).connect()
  let inserted = 0
  for (let start = 0; start < written.length; start += BATCH) {
    const batch = written.slice(start, start + BATCH)
    await client.query("select ensure_history_days('trades', array['2024-08-08']::date[])")
    await client.query('begin')
    for (let row = 0; row < batch.length; row += STATEMENT) {
      const rows = batch.slice(row, row + STATEMENT)
      const { rowCount } = await client.query(insertOf(rows.length), valuesOf(runId, rows))
      inserted += rowCount ?? 0
    }
    await client.query('commit')
  }
  client.release()
  return { written: inserted, known: written.length - inserted }
}

function insertOf(rows: number): string {
  const places = Array.from({ length: rows }, (_, row) => {
    const numbers = Array.from({ length: 12 }, (_, column) => `$${row * 12 + column + 1}`)
    return `(${numbers.join()})`
  })
  return `insert into trades
    (run_id, producer, seq, time, event_time, source, venue, symbol, trade_id, price, size, aggressor)
    values ${places.join()} on conflict do nothing`
}

function valuesOf(runId: string, rows: readonly Trade[]): unknown[] {
  return rows.flatMap((trade) => [
    runId,
    'bench',
    trade.seq,
    timeOf(trade.tsRecvUs),
    timeOf(trade.tsEventUs),
    trade.source,
    venueOf(trade.instrument),
    symbolOf(trade.instrument),
    trade.tradeId,
    trade.price,
    trade.size,
    trade.aggressor,
  ])
}

/** ISO time, to the microsecond. */
function timeOf(us: number): string {
  const micros = String(us % 1_000_000).padStart(6, '0')
  return `${new Date(us / 1000).toISOString().slice(0, 20)}${micros}Z`
}

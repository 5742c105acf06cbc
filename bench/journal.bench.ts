// The order journal: from the hand-over of an order's states to their commit in the embedded Postgres. The paper venue in the
// core needs no journal before its submit; a venue that does would wait this long.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OrderEvent } from '@triplane/contracts'
import { beginRun, HistoryStore, openDatabase } from '@triplane/storage'
import { percentilesOf } from '../apps/standalone/src/report.ts'
import { print } from './harness.ts'

const WARM_UPS = 50
const COMMITS = 500
/** received, approved, submitted */
const STATES = ['received', 'approved', 'submitted'] as const

const order: Omit<OrderEvent, 'seq' | 'intentId' | 'state'> = {
  type: 'orderEvent',
  strategy: 'OFI',
  instrument: 'BTC/USDT@sim',
  effectUs: 1_723_127_400_001_000,
  side: 'BUY',
  orderType: 'LIMIT',
  quantity: '0.1',
  requestedQuantity: '0.1',
  filledQuantity: '0',
  limitPrice: '61800.3',
  tsIntentUs: 1_723_127_400_000_000,
  tsStateUs: 1_723_127_400_000_000,
  tsPrevStateUs: 1_723_127_400_000_000,
}

const folder = mkdtempSync(join(tmpdir(), 'triplane-bench-'))
const database = await openDatabase({ embedded: { folder: join(folder, 'postgres') } })
try {
  await beginRun(database.pool, { runId: 'bench', mode: 'bench', startedAtUs: 0, configuration: {} })
  const store = new HistoryStore({ pool: database.pool, runId: 'bench', overflow: 'wait' })
  const commitUs: number[] = []
  for (let i = -WARM_UPS; i < COMMITS; i++) {
    const seq = (i + WARM_UPS) * STATES.length
    const events = STATES.map((state, n) => ({ ...order, seq: seq + n + 1, intentId: `OFI-${seq}`, state }))
    const start = performance.now()
    store.write('order-plane', events)
    await store.flush()
    if (i >= 0) commitUs.push((performance.now() - start) * 1000)
  }
  const written = store.counts().orderEvent?.written
  await store.close()
  const { p50, p99 } = percentilesOf(Float64Array.from(commitUs))
  print(
    `\nJournal commit of one order's ${STATES.length} states, embedded Postgres, ${COMMITS} commits, ${written} rows`,
  )
  print(`  p50 ${(p50 / 1000).toFixed(1)} ms, p99 ${(p99 / 1000).toFixed(1)} ms`)
} finally {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}

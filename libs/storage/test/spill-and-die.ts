import { aTrade, testStartUs } from '@triplane/testing'
import { setTimeout as sleep } from 'node:timers/promises'
import { HistoryStore, openDatabaseEventually } from '../src/index.ts'

/**
 * A separate process for tests: `spill-and-die.ts <url> <spill folder> <run>`. Writes trades, in order, 500 at a time, until it
 * is killed, and prints how many of them are settled.
 */
const [url = '', folder = '', runId = ''] = process.argv.slice(2)
const database = openDatabaseEventually({ url })
const history = new HistoryStore({
  pool: database.pool,
  isReady: () => database.isReady,
  runId,
  overflow: 'spill',
  spill: { folder, maxBytes: 1e9, segmentBytes: 200_000 },
  settleTimeoutMs: 1,
})
for (let written = 0; ; written += 500) {
  history.write(
    'data',
    Array.from({ length: 500 }, (_, i) => aTrade({ seq: written + i + 1, tsRecvUs: testStartUs + written + i })),
  )
  if (written % 2000 === 1000) {
    await history.settled()
    process.stdout.write(`${written + 500}\n`)
  }
  await sleep(1)
}

import { aTrade } from '@triplane/testing'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { historyTables } from '../src/history/history-tables.ts'
import type { HistoryTable } from '../src/history/history-table.ts'
import { workerWriters } from '../src/worker/worker-writers.ts'
import { historyWorkerFile } from './history-worker-file.ts'
import { aFolder, removeFolders } from './postgres-suite.ts'

const trades = historyTables.find(({ name }) => name === 'trades') as HistoryTable
const nobody = { url: 'postgresql://triplane@127.0.0.1:9/triplane' }
const batch = { events: [aTrade()], producers: ['data'] }

/** Writers of a thread that does something else. */
function writersOf(code: string) {
  const file = join(aFolder(), 'worker.cjs')
  writeFileSync(file, code)
  return workerWriters(file, nobody)
}

describe('the thread that writes history', () => {
  afterAll(removeFolders)

  it('says that the database does not answer, and ends when it is told to', async () => {
    const writers = workerWriters(historyWorkerFile(), nobody)
    await expect(writers.of('run').write(trades, batch)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await writers.close()
  })

  it.each([
    ['throws', `throw new Error('a bug')`],
    ['throws at a batch', `require('worker_threads').parentPort.on('message', () => { throw new Error('a bug') })`],
    ['ends by itself', 'process.exit(0)'],
  ])('that %s fails what is on its way and all that comes after, as a bug', async (_, code) => {
    const writers = writersOf(code)
    const writer = writers.of('run')
    for (let i = 0; i < 2; i++)
      await expect(writer.write(trades, batch)).rejects.toThrow(/^Invariant: the thread that writes history lives/)
    await writers.close()
  })

  it('is ended when it does not end', async () => {
    const writers = writersOf('setInterval(() => undefined, 1000)')
    await expect(writers.close()).resolves.toBeUndefined()
  })
})

import { invariant } from '@triplane/kernel'
import { parentPort, workerData } from 'node:worker_threads'
import { BatchWriter } from '../history/batch-writer.ts'
import { historyTables } from '../history/history-tables.ts'
import type { RowWriter } from '../history/row-writer.ts'
import { createPool } from '../pool.ts'
import { packFault, unpackBatch, type FromWorker, type ToWorker, type WorkerSettings } from './worker-messages.ts'

/**
 * The thread that writes history: it has connections of its own, reads batches and copies them into the database, so that what
 * this takes is not taken from trading. `tools/build.mjs` bundles it beside the services that store. It ends when it is told to.
 */

const port = parentPort
invariant(port !== null, 'the history worker is started as a thread')
const { url } = workerData as WorkerSettings
const pool = createPool(url)
const tables = new Map(historyTables.map((table) => [table.name, table]))
const writers = new Map<number, RowWriter>()

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'open':
      writers.set(message.writer, new BatchWriter(pool, message.runId))
      return
    case 'write':
      void write(message)
      return
    case 'close':
      writers.get(message.writer)?.close()
      return
    case 'end':
      port.close()
      void pool.end()
  }
})

async function write({ id, writer, table, batch }: ToWorker & { readonly kind: 'write' }): Promise<void> {
  const [rows, to] = [writers.get(writer), tables.get(table)]
  invariant(rows !== undefined && to !== undefined, 'a batch is for a writer and a table that there are', table)
  try {
    answer({ id, written: await rows.write(to, unpackBatch(batch)) })
  } catch (error) {
    answer({ id, failed: packFault(error) })
  }
}

function answer(said: FromWorker): void {
  port?.postMessage(said)
}

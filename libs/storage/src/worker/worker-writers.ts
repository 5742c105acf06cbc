import { Deferred, endsWithin } from '@triplane/async'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Batch, RowWriter, RowWriters } from '../history/row-writer.ts'
import type { HistoryTable } from '../history/history-table.ts'
import { packBatch, unpackFault, type FromWorker, type ToWorker, type WorkerSettings } from './worker-messages.ts'

/** How long connections may take to close, which a server that hangs does not answer. */
const END_WITHIN_MS = 2000
/** Of each half. Batches come and go whole: a larger nursery would only take memory. */
const NURSERY_MB = 2

/**
 * Writers on a thread of their own, of the worker in `file`. A thread that dies is a bug of ours: what is on its way to it, and
 * all that comes after, fails with it, which ends the process.
 */
export function workerWriters(file: string, settings: WorkerSettings): RowWriters {
  // What the process was started with holds for new threads too, whatever their limits say; this thread keeps what it has.
  setFlagsFromString(`--max-semi-space-size=${NURSERY_MB}`)
  const worker = new Worker(file, {
    name: 'history',
    workerData: settings,
    // What the process was started with is not for this thread: it would look for new secrets, too.
    execArgv: [],
  })
  const waiting = new Map<number, Deferred<number>>()
  let batches = 0
  let writers = 0
  let dead: Error | undefined
  let isEnding = false

  worker.on('message', (said: FromWorker) => {
    const batch = waiting.get(said.id)
    waiting.delete(said.id)
    if ('written' in said) batch?.resolve(said.written)
    else batch?.reject(unpackFault(said.failed))
  })
  worker.on('error', (cause: unknown) => died(cause))
  const exited = new Deferred()
  worker.once('exit', (code) => {
    exited.resolve()
    if (!isEnding) died(new Error(`it ended with ${code}`))
  })

  function died(cause: unknown): void {
    dead ??= new Error('Invariant: the thread that writes history lives as long as the process', { cause })
    for (const batch of waiting.values()) batch.reject(dead)
    waiting.clear()
  }

  function tell(message: ToWorker, moved: readonly ArrayBuffer[] = []): void {
    worker.postMessage(message, moved)
  }

  function open(runId: string): RowWriter {
    const writer = ++writers
    tell({ kind: 'open', writer, runId })
    return {
      async write({ name }: HistoryTable, batch: Batch) {
        if (dead) throw dead
        const id = ++batches
        const packed = packBatch(batch)
        const answer = new Deferred<number>()
        waiting.set(id, answer)
        tell({ kind: 'write', id, writer, table: name, batch: packed }, [packed.record.buffer as ArrayBuffer])
        return answer.promise
      },
      close: () => tell({ kind: 'close', writer }),
    }
  }

  return {
    of: open,
    async close() {
      isEnding = true
      tell({ kind: 'end' })
      if (!(await endsWithin(exited.promise, { ms: END_WITHIN_MS }))) await worker.terminate()
    },
  }
}

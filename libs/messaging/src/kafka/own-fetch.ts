import type { ConsumerRunConfig } from 'kafkajs'
import Runner from 'kafkajs/src/consumer/runner.js'
import { FetchLoop } from './fetch-loop.ts'
import type { FetchSink } from './take-answer.ts'

const sinks = new WeakMap<object, FetchSink>()

let isPatched = false

/**
 * Makes consumers of kafkajs 2.2.4 that run by `readInto` read with a loop of ours (`FetchLoop`). Everything else is kafkajs' own:
 * groups, heartbeats, commits, metadata, retries, TLS and SASL.
 */
export function patchFetch(): void {
  if (isPatched) return
  isPatched = true
  const { start } = Runner.prototype
  Runner.prototype.start = function (this: Runner) {
    const sink = sinkOf(this)
    if (sink) this.fetchManager = new FetchLoop(this, sink)
    return start.call(this)
  }
}

/** What to run a consumer with whose records go into `sink`. Nothing is committed but what `commitOffsets` says. */
export function readInto(sink: FetchSink): ConsumerRunConfig {
  const eachBatch = () => Promise.resolve()
  sinks.set(eachBatch, sink)
  return { autoCommit: false, eachBatch }
}

/** The sink of what runs with this `eachBatch`, if `readInto` made it. */
export function sinkOf({ eachBatch }: { readonly eachBatch?: object | undefined }): FetchSink | undefined {
  return eachBatch && sinks.get(eachBatch)
}

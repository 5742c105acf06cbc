import { endsWithin } from '@triplane/async'
import { judgeOwner, topics, type Event, type ForeignRecord, type Run, type RunMode } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { Bus, BusRecord, Consumer, Refusal } from '@triplane/messaging'

export interface NewRun {
  readonly runId: string
  readonly mode: RunMode
  /** Default `simulatedAccount`. */
  readonly account?: string | undefined
  readonly seed?: number | undefined
  readonly startUs?: number | undefined
  readonly scenario?: string | undefined
  readonly sessions?: 'always' | 'real' | undefined
  readonly venues: readonly string[]
  /** The data planes of the run with their venues; default: one with all of them. */
  readonly dataPlanes?: Run['dataPlanes'] | undefined
  readonly who: string
  readonly nowUs: number
}

/** Who writes the topic of runs. */
const WRITER = topics.runs.writers[0]

/** The account of a simulated run: its own, so that no two runs share a ledger. */
export const simulatedAccount = (runId: string) => `sim-${runId}`

/** Starts a run: notes the end of every topic and publishes the run. Resolves when the bus has it. */
export async function startRun(bus: Bus<unknown>, options: NewRun): Promise<Run> {
  const {
    runId,
    mode,
    account = simulatedAccount(runId),
    venues,
    who,
    nowUs,
    seed,
    startUs,
    scenario,
    sessions,
    dataPlanes,
  } = options
  const data = Object.values(topics).filter((topic) => !topic.compacted)
  const run: Run = {
    type: 'run',
    seq: 1,
    effectUs: nowUs,
    runId,
    mode,
    account,
    startedAtUs: nowUs,
    ...(seed !== undefined && { seed }),
    ...(startUs !== undefined && { startUs }),
    ...(scenario !== undefined && { scenario }),
    ...(sessions !== undefined && { sessions }),
    venues: [...venues],
    ...(dataPlanes !== undefined && { dataPlanes }),
    positions: [...(await bus.endOf(data))],
    who,
  }
  const producer = bus.producer({ name: WRITER, runId })
  producer.send(topics.runs, runId, [run])
  await producer.flush()
  await producer.close()
  return run
}

/** Wall time without a record after which to look whether there is still something to wait for. */
const SILENCE_MS = 2000

type Decode<Payload> = (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>

/** The runs on the bus, oldest first; the last one is the current run. */
export async function readRuns<Payload>(bus: Bus<Payload>, group: string, decode: Decode<Payload>): Promise<Run[]> {
  const watch = new RunWatch(bus, group, decode)
  try {
    return await watch.known()
  } finally {
    await watch.close()
  }
}

/** Follows the topic of runs. What its owner did not write is no run. */
export class RunWatch<Payload> {
  readonly #bus: Bus<Payload>
  readonly #consumer: Consumer<Payload>
  readonly #decode: Decode<Payload>
  readonly #onForeign: (foreign: ForeignRecord) => void
  readonly #runs: Run[] = []

  /** `onForeign` is called with every record that its owner did not write. */
  constructor(
    bus: Bus<Payload>,
    group: string,
    decode: Decode<Payload>,
    onForeign: (foreign: ForeignRecord) => void = () => undefined,
  ) {
    this.#bus = bus
    this.#decode = decode
    this.#onForeign = onForeign
    this.#consumer = bus.consumer({ group, topics: [topics.runs], from: [], maxWaitMs: 1000 })
  }

  /** The runs on the topic now, oldest first. */
  async known(): Promise<Run[]> {
    const [end] = await this.#bus.endOf([topics.runs])
    const hasMore = () => (this.#consumer.reached(topics.runs, 0) ?? 0) < (end?.offset ?? 0)
    while (!this.#consumer.closed && hasMore()) await this.#more(SILENCE_MS)
    return [...this.#runs]
  }

  /** Waits for the current run; undefined when the watch is closed first. */
  async current(): Promise<Run | undefined> {
    await this.known()
    while (this.#runs.length === 0 && !this.#consumer.closed) await this.#more()
    return this.#runs.at(-1)
  }

  /** Waits for a newer run than `run`; undefined when the watch is closed first. */
  async newerThan({ runId }: Run): Promise<Run | undefined> {
    for (;;) {
      const newest = this.#runs.at(-1)
      if (newest !== undefined && newest.runId !== runId) return newest
      if (this.#consumer.closed) return undefined
      await this.#more()
    }
  }

  close(): Promise<void> {
    return this.#consumer.close()
  }

  /** Takes what arrives, or nothing when nothing does for `ms`: the end may lie behind what is no record. */
  async #more(ms = Infinity): Promise<void> {
    if (this.#consumer.closed) return
    const arrived = this.#consumer.arrived()
    if (ms === Infinity) await arrived
    else await endsWithin(arrived, { ms })
    if (this.#consumer.closed) return
    for (const record of this.#consumer.take()) {
      const events = this.#decode(record)
      const foreign = events.ok ? judgeOwner(record, events.value) : foreignIn(events.error)
      if (foreign) this.#onForeign(foreign)
      else if (events.ok) for (const event of events.value) if (event.type === 'run') this.#runs.push(event)
    }
  }
}

/** A refusal that is of a foreign record: one that would delete a run. */
function foreignIn({ code, detail }: Refusal): ForeignRecord | undefined {
  return code === 'foreign_record' ? { code, detail } : undefined
}

import type { Event, Run, SchemaOf, Topic } from '@triplane/contracts'
import { ok, systemClock } from '@triplane/kernel'
import type { Bus, Plane } from '@triplane/messaging'
import {
  createStateCodec,
  gatedPartitions,
  hostStateSchema,
  InputLog,
  PlaneHost,
  readingFrom,
  Snapshots,
  type HostState,
  type PlaneOutput,
  type StateCodec,
} from '@triplane/service'

/** The codec for the saved state of a defined plane's host. */
export function hostStateCodec<In extends Event, CoreState>({
  stateSchema,
  inputSchema,
}: {
  readonly stateSchema: SchemaOf<CoreState>
  readonly inputSchema: SchemaOf<In>
}): StateCodec<HostState<In, CoreState>> {
  return createStateCodec(hostStateSchema(stateSchema, inputSchema), { configurationDigest: 'same', commit: 'test' })
}

export interface KilledPlane<In extends Event, Out extends Event, CoreState> {
  readonly bus: Bus
  readonly run: Run
  /** The folder of its input log and its snapshots. */
  readonly folder: string
  readonly codec: StateCodec<HostState<In, CoreState>>
  readonly build: (core: CoreState | undefined) => Plane<In, Out>
  readonly outputOf: (name: string, saved: HostState<In, CoreState>['output'] | undefined) => PlaneOutput<Out>
  /** Topics whose watermarks are ignored. */
  readonly ungated: ReadonlySet<Topic>
  /** The least delay between an input and the effect of an output, microseconds. */
  readonly leadUs: number
  /** How often its host is discarded, and after how many turns each time. */
  readonly restarts: number
  readonly turns: number
}

/**
 * Runs a plane to the end of its run on hosts, all but the last of which are discarded, as by kill -9, and rebuilt from what
 * they left. Returns the digest of its output. Rejects with any fault.
 */
export async function runKilledPlane<In extends Event, Out extends Event, CoreState>(
  plane: KilledPlane<In, Out, CoreState>,
): Promise<{ readonly digest: string | undefined; readonly restarts: number }> {
  const { bus, run, folder, codec, build, outputOf, ungated, leadUs, restarts, turns } = plane
  let done = 0
  for (let life = 0; ; life++) {
    const { name, topics } = build(undefined)
    const snapshots = new Snapshots(folder, codec)
    const saved = snapshots.newest()
    const output = outputOf(name, saved?.state.output)
    const positions = readingFrom(topics, run, saved?.state.positions)
    const consumer = bus.consumer({ group: `${name}-${life}`, topics, from: positions })
    const host = new PlaneHost<In, Out, readonly Event[]>({
      plane: build(saved?.state.core),
      run,
      consumer,
      positions,
      output,
      gated: topics.flatMap((topic) =>
        ungated.has(topic) ? [] : gatedPartitions(topic, bus.partitionsOf(topic), run),
      ),
      market: [],
      leadUs,
      log: new InputLog(folder, { runId: run.runId, plane: name, configDigest: 'same', commit: 'test' }),
      snapshots,
      saved,
      snapshotEveryMs: 50,
      aheadUs: 5_000_000,
      decode: (record) => ok(record.events),
      deadLetter: () => undefined,
      onHeartbeat: () => undefined,
      onLogFault: (fault) => void (fault && rethrow(fault)),
      onSnapshotFault: rethrow,
      clock: systemClock,
    })
    const running = host.run()
    const dropped = done < restarts ? turns : Infinity
    const fromTurn = host.turn
    while (!host.isFinal && (host.isReplaying || host.turn - fromTurn < dropped))
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 2))])
    if (host.isFinal) {
      host.stop()
      await running
      return { digest: output.digest(), restarts: done }
    }
    // Like a kill: its current work is never finished. Its consumer is closed so that it does nothing more.
    done++
    running.catch(() => undefined)
    await consumer.close()
    await running.catch(() => undefined)
  }
}

function rethrow(fault: unknown): never {
  throw fault
}

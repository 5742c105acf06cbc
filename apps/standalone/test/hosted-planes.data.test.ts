import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInstruments } from '@triplane/config'
import { topics, topicsAwaitedOf, type Event, type Run, type SchemaOf, type Topic } from '@triplane/contracts'
import { dataPlaneConfig, dataPlaneSchema } from '@triplane/data-core'
import { limitFeed, openCapture, simulatedCheckpointSchema } from '@triplane/feeds'
import { ok, systemClock, US_PER_SECOND } from '@triplane/kernel'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import { createMemoryBus, type Bus, type Plane } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import { orderPlaneConfig, orderPlaneSchema } from '@triplane/order-core'
import {
  buildDataPlane,
  buildOrderPlane,
  buildStrategyPlane,
  orderPlaneInputSchema,
  strategyInputSchema,
} from '@triplane/planes'
import {
  createStateCodec,
  hostStateSchema,
  InputLog,
  PlaneHost,
  PlaneOutput,
  Snapshots,
  SourceHost,
  sourceStateSchema,
  startRun,
  type HostState,
} from '@triplane/service'
import { strategyConfigSchema, strategySchema } from '@triplane/strategy-core'
import { describeWithData } from '@triplane/testing'
import { runStandalone } from './run-standalone.ts'

const savedBy = { configurationDigest: 'same', commit: 'test' }
const LEAD_US = 50_000
const SECONDS = 40
/** A strategy that trades more than the default one, so that a short replay has something to show. */
const OFI = { warmUpMs: 2000, deadBandDeviations: 0.3, minChange: 0.1 }
const screamingSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
/** More than one where a deployment may have more. */
const partitionsOf = ({ batched }: Topic) => (batched ? 4 : 1)
const CAPTURE = 'binance_ws_20240808/usdm_btcusdt_20240808.gz'

describeWithData('three hosts in lockstep', (data) => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-hosts-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('end with the hashes of the standalone app, also when hosts are replaced on the way', async () => {
    const capture = join(data, CAPTURE)
    const report = await runStandalone(['--capture', capture, '--speed', 'max', '--duration', `${SECONDS}s`], folder, {
      TRIPLANE_ORDER_MIN_LATENCY_MS: String(LEAD_US / 1000),
      ...Object.fromEntries(
        Object.entries(OFI).map(([name, value]) => [`TRIPLANE_STRATEGY_OFI_${screamingSnake(name)}`, String(value)]),
      ),
    })
    expect(report.events.fill).toBeGreaterThan(20)

    const bus = createMemoryBus({
      nowUs: systemClock.nowUs,
      partitions: partitionsOf,
      retainRecords: 10_000_000,
      maxUncommittedRecords: 10_000_000,
    })
    const run = await startRun(bus, {
      runId: 'aa00aa00',
      mode: 'lockstep',
      venues: ['binance_usdm'],
      who: 'test',
      nowUs: systemClock.nowUs(),
    })
    const hosts = new Hosts(bus, run, folder)
    const strategy = hosts.strategy(5)
    const order = hosts.order(7)
    const source = await openCapture(capture)
    const feed = limitFeed(source, SECONDS * US_PER_SECOND)
    const digest = await hosts.source(feed.batches(), source.startUs, source.startUs + SECONDS * US_PER_SECOND)
    expect(digest).toBe(report.hashes?.data)
    expect(await Promise.all([strategy, order])).toEqual([
      { digest: report.hashes?.strategy, restarts: 5 },
      { digest: report.hashes?.order, restarts: 7 },
    ])
    await bus.close()
  }, 120_000)
})

/** Three hosts, of which two are thrown away now and then, as kill -9 would, and made anew from what they left. */
class Hosts {
  readonly #bus: Bus
  readonly #run: Run
  readonly #folder: string
  readonly #instruments = loadInstruments([]).filter(({ venue }) => venue === 'binance_usdm')

  constructor(bus: Bus, run: Run, folder: string) {
    this.#bus = bus
    this.#run = run
    this.#folder = folder
  }

  #output(name: string, marked: readonly Topic[], saved: HostState['output'] | undefined) {
    const producer = this.#bus.producer({ name, runId: this.#run.runId })
    return new PlaneOutput<Event>(
      { name, producer, account: this.#run.account, marked, observe: () => undefined },
      saved,
    )
  }

  async source(batches: AsyncIterable<readonly FeedItem[]>, startUs: number, endUs: number): Promise<string> {
    const { core } = buildDataPlane({
      config: dataPlaneConfig(),
      source: 'capture',
      instruments: this.#instruments,
      isSessionOpen,
      metrics: createMetrics('data_plane', { processMetrics: false }),
      nowUs: systemClock.nowUs,
      monotonicUs: systemClock.monotonicUs,
    })
    const output = this.#output('data-plane', topicsAwaitedOf('data-plane'), undefined)
    const host = new SourceHost<FeedItem, Event>({
      core: core,
      run: this.#run,
      batches,
      startUs,
      endUs,
      output,
      snapshots: new Snapshots(
        join(this.#folder, 'data'),
        createStateCodec(sourceStateSchema(dataPlaneSchema, simulatedCheckpointSchema), savedBy),
      ),
      saved: undefined,
      snapshotEveryMs: 1_000,
      onSnapshotFault: rethrow,
      onBatch: () => undefined,
      clock: systemClock,
    })
    await host.run(() => false)
    return output.digest()
  }

  strategy(restarts: number) {
    const config = strategyConfigSchema.parse({ ofi: OFI })
    const metrics = createMetrics('strategy_plane', { processMetrics: false })
    const parts = { config, instruments: this.#instruments, isSessionOpen, metrics }
    const schema = hostStateSchema(strategySchema, strategyInputSchema)
    return this.#host(
      schema,
      (core) => buildStrategyPlane(parts, core),
      [topics.intents, topics.killSwitch],
      0,
      restarts,
    )
  }

  order(restarts: number) {
    const config = orderPlaneConfig({ minLatencyMs: LEAD_US / 1000 })
    const metrics = createMetrics('order_plane', { processMetrics: false })
    const parts = { config, instruments: this.#instruments, isSessionOpen, metrics, onApproved: () => undefined }
    const schema = hostStateSchema(orderPlaneSchema, orderPlaneInputSchema)
    return this.#host(schema, (core) => buildOrderPlane(parts, core), [topics.orders, topics.fills], LEAD_US, restarts)
  }

  async #host<In extends Event, Out extends Event, CoreState>(
    schema: SchemaOf<HostState<In, CoreState>>,
    build: (core: CoreState | undefined) => Plane<In, Out>,
    marked: readonly Topic[],
    leadUs: number,
    restarts: number,
  ) {
    let done = 0
    for (let life = 0; ; life++) {
      const { name, topics: heard } = build(undefined)
      const folder = join(this.#folder, name)
      const snapshots = new Snapshots(folder, createStateCodec(schema, savedBy))
      const saved = snapshots.newest()
      const plane = build(saved?.state.core)
      const output = this.#output(name, marked, saved?.state.output)
      const ungated = new Set<string>([topics.commands.name, topics.heartbeats.name])
      const consumer = this.#bus.consumer({
        group: `${name}-${life}`,
        topics: heard,
        from: saved?.state.positions ?? this.#run.positions,
      })
      const host = new PlaneHost<In, Out, readonly Event[]>({
        plane,
        run: this.#run,
        consumer,
        output: output as never,
        gated: heard.flatMap((topic) => {
          const { name } = topic
          if (ungated.has(name)) return []
          return Array.from({ length: partitionsOf(topic) }, (_, partition) => ({ topic: name, partition }))
        }),
        leadUs,
        log: new InputLog(folder, { runId: this.#run.runId, plane: name, configDigest: 'same', commit: 'test' }),
        snapshots,
        saved,
        snapshotEveryMs: 50,
        decode: (record) => ok(record.events),
        deadLetter: () => undefined,
        onHeartbeat: () => undefined,
        onLogFault: (fault) => void (fault && rethrow(fault)),
        onSnapshotFault: rethrow,
        clock: systemClock,
      })
      const running = host.run()
      const dropped = done < restarts ? 30 : Infinity
      const fromTurn = host.turn
      while (!host.isFinal && (host.isReplaying || host.turn - fromTurn < dropped))
        await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 2))])
      if (host.isFinal) {
        host.stop()
        await running
        return { digest: output.digest(), restarts: done }
      }
      // As a kill would: what it was doing is never finished. Its consumer is closed so that it does nothing more.
      done++
      running.catch(() => undefined)
      await consumer.close()
      await running.catch(() => undefined)
    }
  }
}

function rethrow(fault: unknown): never {
  throw fault
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInstruments } from '@triplane/config'
import { topics, type Event, type Run, type Topic } from '@triplane/contracts'
import { openCaptures, simulatedCheckpointSchema } from '@triplane/feeds'
import { configuredRates } from '@triplane/instruments'
import { systemClock, US_PER_SECOND } from '@triplane/kernel'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import { createMemoryBus, type Bus } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import { dataPlane, orderPlane, strategyPlane } from '@triplane/planes'
import { createStateCodec, PlaneOutput, Snapshots, SourceHost, sourceStateSchema, startRun } from '@triplane/service'
import { strategies } from '@triplane/strategy'
import { strategyConfigOf } from '@triplane/strategy-core'
import { describeWithData } from '@triplane/testing'
import { hostStateCodec, runKilledPlane } from '@triplane/testing/hosts'
import { dataPlaneConfig } from '../../../libs/data-core/test/config.ts'
import { orderPlaneConfig } from '../../../libs/order-core/test/config.ts'
import { runStandalone } from './run-standalone.ts'

type SavedOutput = ConstructorParameters<typeof PlaneOutput>[1]
const savedBy = { configurationDigest: 'same', commit: 'test' }
const LEAD_US = 50_000
const SECONDS = 40
/** A strategy that trades more than the default one, so that a short replay has results. */
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
    const plan = { captures: [capture], venue: undefined, speed: 'max', durationUs: SECONDS * US_PER_SECOND } as const
    const { feed, startUs } = await openCaptures(plan, systemClock)
    const digest = await hosts.source(feed.batches(), startUs, startUs + SECONDS * US_PER_SECOND)
    expect(digest).toBe(report.hashes?.data)
    expect(await Promise.all([strategy, order])).toEqual([
      { digest: report.hashes?.strategy, restarts: 5 },
      { digest: report.hashes?.order, restarts: 7 },
    ])
    await bus.close()
  }, 120_000)
})

/** Three hosts, two of which are discarded from time to time, as by kill -9, and rebuilt from what they left. */
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

  #output<Out extends Event>(name: string, marked: readonly Topic[], saved: SavedOutput) {
    const producer = this.#bus.producer({ name, runId: this.#run.runId })
    return new PlaneOutput<Out>({ name, producer, account: this.#run.account, marked, observe: () => undefined }, saved)
  }

  async source(batches: AsyncIterable<readonly FeedItem[]>, startUs: number, endUs: number): Promise<string> {
    const { core } = dataPlane.build({
      config: dataPlaneConfig(),
      source: 'capture',
      instruments: this.#instruments,
      isSessionOpen,
      metrics: createMetrics('data_plane', { processMetrics: false }),
      nowUs: systemClock.nowUs,
      monotonicUs: systemClock.monotonicUs,
    })
    const output = this.#output<Event>('data-plane', dataPlane.awaited, undefined)
    const host = new SourceHost<FeedItem, Event>({
      core: core,
      run: this.#run,
      batches,
      startUs,
      endUs,
      output,
      snapshots: new Snapshots(
        join(this.#folder, 'data'),
        createStateCodec(sourceStateSchema(dataPlane.stateSchema, simulatedCheckpointSchema), savedBy),
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
    const config = strategyConfigOf(strategies).parse({ ofi: OFI })
    const metrics = createMetrics('strategy_plane', { processMetrics: false })
    const rates = configuredRates(config.ratesToUsd)
    const parts = { config, instruments: this.#instruments, rates, isSessionOpen, metrics }
    return runKilledPlane({
      ...this.#killed('strategy-plane', strategyPlane.awaited, restarts),
      codec: hostStateCodec(strategyPlane),
      build: (core) => strategyPlane.build(parts, core),
      leadUs: 0,
    })
  }

  order(restarts: number) {
    const config = orderPlaneConfig({ minLatencyMs: LEAD_US / 1000 })
    const metrics = createMetrics('order_plane', { processMetrics: false })
    const rates = configuredRates(config.ratesToUsd)
    const parts = { config, instruments: this.#instruments, rates, isSessionOpen, metrics, onApproved: () => undefined }
    return runKilledPlane({
      ...this.#killed('order-plane', orderPlane.awaited, restarts),
      codec: hostStateCodec(orderPlane),
      build: (core) => orderPlane.build(parts, core),
      leadUs: LEAD_US,
    })
  }

  #killed(folder: string, marked: readonly Topic[], restarts: number) {
    return {
      ...{ bus: this.#bus, run: this.#run, folder: join(this.#folder, folder), restarts, turns: 30 },
      outputOf: <Out extends Event>(name: string, saved: SavedOutput) => this.#output<Out>(name, marked, saved),
      ungated: new Set([topics.halts, topics.commands, topics.heartbeats]),
    }
  }
}

function rethrow(fault: unknown): never {
  throw fault
}
